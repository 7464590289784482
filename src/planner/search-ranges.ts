import type { PortFacts } from '../model/host/host-state.ts';
import { highestPort, inRange, type PortRange, toPort } from '../model/ports/port.ts';
import type { Publish } from '../model/ports/publish.ts';

/** Where the search for a port begins when it is not the port itself that was asked for. */
const preferredBase = 8000;

/** A stretch of ports to try, upwards. */
export interface SearchRange {
  readonly first: number;
  readonly last: number;
  /** `last`: ports of the ephemeral and the reserved ranges may be taken too. */
  readonly suitability: 'good' | 'last';
}

/** Where ports are chosen from when nothing else was asked for. */
export const defaultSearchRange: PortRange = {
  first: toPort(preferredBase),
  last: toPort(highestPort),
};

/**
 * The port that people would expect for a container port: itself when ordinary programs may use it, else 8000 above
 * (80 → 8080, 443 → 8443).
 */
export function preferredPort(target: number, { ephemeral }: Pick<PortFacts, 'ephemeral'>): number {
  const drawn = ephemeral !== undefined && inRange(target, ephemeral);
  if (target >= 1024 && !drawn) return target;
  return preferredBase + target <= highestPort ? preferredBase + target : preferredBase;
}

/**
 * The stretches in which a publish may be planned, best first: its own pool; then from its friendly port upwards,
 * past the end again from 8000; the same once more with the ports that are only taken when nothing else is left.
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
