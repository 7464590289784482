import type { Holder } from '../../model/host/binding.ts';
import { type Forwarder, identifyForwarder } from './forwarders.ts';
import type { HostSocket } from './host-socket.ts';

/** What was found out about the process that holds a socket. */
export interface SeenProcess {
  readonly pid: number;
  readonly name?: string | undefined;
  readonly user?: string | undefined;
  readonly argv: readonly string[];
  readonly unit?: string | undefined;
  /** The container that the process runs in. */
  readonly containerId?: string | undefined;
  /** ISO 8601, UTC. */
  readonly startedAt?: string | undefined;
}

/**
 * Returns the socket with its process as the holder. If that process is a helper that holds only ports of containers, or
 * runs inside a container with the host's network, the holder is the container, as far as it is known.
 */
export function heldBy(socket: HostSocket, process: SeenProcess): HostSocket {
  const forwarder = identifyForwarder(process.name ?? '', process.argv);
  const holder = toHolder(process, forwarder);
  return forwarder === undefined ? { ...socket, holder } : { ...socket, holder, forwarder };
}

function toHolder(process: SeenProcess, forwarder: Forwarder | undefined): Holder {
  const { pid, user, startedAt } = process;
  if (forwarder?.onlyContainers) {
    return {
      kind: 'container',
      id: forwarder.containerId,
      forwarder: forwarder.program,
      pid,
      user,
    };
  }
  if (process.containerId !== undefined) {
    return { kind: 'container', id: process.containerId, hostNetwork: true, pid, user, startedAt };
  }
  const command = process.argv.join(' ').trim();
  return {
    kind: 'process',
    pid,
    name: process.name,
    user,
    command: command === '' ? undefined : command,
    unit: process.unit,
    startedAt,
  };
}
