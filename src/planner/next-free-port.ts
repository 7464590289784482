import type { HostAddress } from '../model/ports/address.ts';
import { highestPort, type Port, type Protocol } from '../model/ports/port.ts';

/** Returns whether a port is still free in this plan. */
export type IsFree = (port: Port, protocol: Protocol, address: HostAddress) => boolean;

/**
 * Returns a search for the next free port upwards that checks each taken port once. Within a plan a taken port stays
 * taken, so the links to the next candidate stay valid: one forest per address and protocol (union-find with path
 * halving). A whole plan therefore costs little more than one check per port.
 */
export function createFreePorts(isFree: IsFree): {
  /** Returns the first free port from `first` to `last`, or `undefined`. */
  next(first: number, last: number, protocol: Protocol, address: HostAddress): Port | undefined;
} {
  const forests = new Map<string, Uint32Array>();

  const forestOf = (protocol: Protocol, address: HostAddress): Uint32Array => {
    const key = `${protocol} ${address}`;
    const known = forests.get(key);
    if (known) return known;
    // An entry of 0 makes a port its own root, so a new array is an empty forest.
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
