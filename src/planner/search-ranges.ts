import type { PortFacts } from '../model/host/host-state.ts';
import { highestPort, inRange, type PortRange, toPort } from '../model/ports/port.ts';
import type { Publish } from '../model/ports/publish.ts';

/** The first port of the search if the preferred port is not the container port. */
const preferredBase = 8000;

/** A range of ports to try, upwards. */
export interface SearchRange {
  readonly first: number;
  readonly last: number;
  /** `last`: also ports of the ephemeral and the reserved ranges. */
  readonly suitability: 'good' | 'last';
}

/** The ports that the planner chooses from by default: 8000-65535. */
export const defaultSearchRange: PortRange = {
  first: toPort(preferredBase),
  last: toPort(highestPort),
};

/**
 * Returns the host port that users expect for a container port: the same port if it is 1024 or above and not
 * ephemeral, otherwise 8000 above it (80 → 8080, 443 → 8443).
 */
export function preferredPort(target: number, { ephemeral }: Pick<PortFacts, 'ephemeral'>): number {
  const isEphemeral = ephemeral !== undefined && inRange(target, ephemeral);
  if (target >= 1024 && !isEphemeral) return target;
  return preferredBase + target <= highestPort ? preferredBase + target : preferredBase;
}

/**
 * Returns the ranges in which to search a port for a publish, best first: its pool; then from its preferred port to the
 * end, and from the start (8000) to the preferred port; then both again with the ports that are a last choice.
 */
export function* searchRanges(
  publish: Publish,
  facts: PortFacts,
  range: PortRange | undefined,
): Generator<SearchRange> {
  const pool = publish.hostPorts;
  if (pool !== undefined && pool.first !== pool.last) yield { ...pool, suitability: 'last' };
  const start = preferredPort(publish.target, facts);
  const bounds = range ?? defaultSearchRange;
  const from = range !== undefined && !inRange(start, range) ? range.first : start;
  for (const suitability of ['good', 'last'] as const) {
    yield { first: from, last: bounds.last, suitability };
    if (from > bounds.first) yield { first: bounds.first, last: from - 1, suitability };
  }
}
