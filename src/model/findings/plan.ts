import { anyAddress, formatAddressPort, type HostAddress } from '../ports/address.ts';
import type { Port } from '../ports/port.ts';
import { kindOf, type Publish } from '../ports/publish.ts';
import type { Conflict } from './conflict.ts';

/**
 * The origin of a planned port.
 * - `as-requested`: the publish requests it.
 * - `moved`: the requested port is not available.
 * - `leased`: it was planned for the same publish before.
 * - `chosen`: the publish requests no port, or a pool.
 */
export type Choice = 'as-requested' | 'moved' | 'leased' | 'chosen';

/** The host address and port that a plan assigns to one publish. */
export interface Assignment {
  readonly publish: Publish;
  readonly address: HostAddress;
  readonly port: Port;
  readonly choice: Choice;
  /** The reason for this port: "8080 held by blog-web-1; 8081 free". */
  readonly reason: string;
}

/** A host port for every publish that can have one; `conflicts` lists the others. */
export interface Plan {
  readonly assignments: readonly Assignment[];
  readonly conflicts: readonly Conflict[];
}

/** Returns an assignment in docker's notation: `127.0.0.1:8080:80`, `5353:53/udp`. */
export function formatMapping({ publish, address, port }: Assignment): string {
  const host = address === anyAddress ? `${port}` : formatAddressPort(address, port);
  return `${host}:${publish.target}${publish.protocol === 'tcp' ? '' : `/${publish.protocol}`}`;
}

/** Returns assignments as flags of `docker run`: `-p 127.0.0.1:8080:80 -p 5353:53/udp`. */
export function formatPublishFlags(assignments: readonly Assignment[]): string {
  return assignments.map((assignment) => `-p ${formatMapping(assignment)}`).join(' ');
}

/** Returns whether the planned port differs from the ports in the file of the publish. */
export function isChange({ publish, port }: Assignment): boolean {
  const { hostPorts } = publish;
  if (hostPorts === undefined) return true;
  return kindOf(publish) === 'fixed'
    ? hostPorts.first !== port
    : port < hostPorts.first || port > hostPorts.last;
}
