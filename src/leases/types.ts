import type { Lease } from './lease.ts';

/** The leases at one moment. */
export interface LeaseState {
  readonly leases: readonly Lease[];
  /** What was wrong with the file and how it was handled, one sentence each. */
  readonly notes: readonly string[];
}

/** The leases to store, alone or in an object with results for the caller. */
export type ChangeResult = readonly Lease[] | { readonly leases: readonly Lease[] };

/** Returns the leases to store; the same list for no change. */
export type LeaseChange<Result extends ChangeResult = ChangeResult> = (
  leases: readonly Lease[],
) => Result | Promise<Result>;

/** The state after a change, and what the change returned. */
export interface LeaseUpdate<Result extends ChangeResult = ChangeResult> extends LeaseState {
  readonly result: Result;
}
