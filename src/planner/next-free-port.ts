import type { HostAddress } from '../model/ports/address.ts';
import { highestPort, type Port, type Protocol } from '../model/ports/port.ts';

/** Whether a port could be handed out, as things stand in this plan. */
export type IsFree = (port: Port, protocol: Protocol, address: HostAddress) => boolean;

/**
 * Finds the next free port upwards, without asking twice for a port that was taken: within a plan ports only ever
 * become taken, so for each address and protocol a forest of "look further there" links stays true (union-find
 * with path halving). A whole plan therefore costs little more than one look at each port.
 */
export function createFreePorts(isFree: IsFree): {
  /** The first free port from `first` to `last`, or nothing. */
  next(first: number, last: number, protocol: Protocol, address: HostAddress): Port | undefined;
} {
  const forests = new Map<string, Uint32Array>();

  const forestOf = (protocol: Protocol, address: HostAddress): Uint32Array => {
    const key = `${protocol} ${address}`;
    const known = forests.get(key);
    if (known) return known;
    // Where it says 0, a port is its own root: an array that is new is a forest that is new.
    const forest = new Uint32Array(highestPort + 2);
    forests.set(key, forest);
    return forest;
  };

  return {
    next(first, last, protocol, address) {
      const forest = forestOf(protocol, address);
      let port = rootOf(forest, first);
      while (port <= last && !isFree(port as Port, protocol, address)) {
        forest[port] = port + 1;
        port = rootOf(forest, port + 1);
      }
      return port <= last && port <= highestPort ? (port as Port) : undefined;
    },
  };
}

function rootOf(forest: Uint32Array, start: number): number {
  let port = start;
  while (true) {
    const next = forest[port] || port;
    if (next === port) return port;
    const beyond = forest[next] || next;
    forest[port] = beyond;
    port = beyond;
  }
}
