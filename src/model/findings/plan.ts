import type { HostAddress } from '../ports/address.ts';
import type { Port } from '../ports/port.ts';
import type { Publish } from '../ports/publish.ts';
import type { Conflict } from './conflict.ts';

/**
 * How a port came to be planned.
 * - `as-requested`: it is the one that was asked for.
 * - `moved`: the one that was asked for cannot be had.
 * - `leased`: it was planned for the same publish before.
 * - `chosen`: none was asked for, or a choice was left.
 */
export type Choice = 'as-requested' | 'moved' | 'leased' | 'chosen';

/** The place of one publish in a plan. */
export interface Assignment {
  readonly publish: Publish;
  readonly address: HostAddress;
  readonly port: Port;
  readonly choice: Choice;
  /** Why this port: "8080 held by blog-web-1; 8081 free". */
  readonly reason: string;
}

/** A host port for every publish that can have one; `conflicts` tells of the others. */
export interface Plan {
  readonly assignments: readonly Assignment[];
  readonly conflicts: readonly Conflict[];
}
