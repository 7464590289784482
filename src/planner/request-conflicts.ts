import type { Conflict } from '../model/findings/conflict.ts';
import type { Rules } from '../model/host/engine-traits.ts';
import { allocationsOf, publishesOverlap, sharesSocket, socketsOf } from '../model/host/overlap.ts';
import { addressesOverlap } from '../model/ports/address.ts';
import { type Port, portsOf, singlePort } from '../model/ports/port.ts';
import { kindOf, type Publish } from '../model/ports/publish.ts';

/** Returns whether another holder certainly has a port on the address of a publish. */
export type IsHeld = (publish: Publish, port: Port) => boolean;

/**
 * Returns the conflicts between the publishes of one container: a host port published twice, a pool with too few ports
 * left, and (engines from 28.0) one port for several publishes of a container port that need a port each. `isHeld`
 * returns which ports of a pool others hold. A pool that others hold completely is not reported here.
 */
export function findRequestConflicts(
  publishes: readonly Publish[],
  rules: Rules,
  isHeld: IsHeld = () => false,
): Conflict[] {
  return [
    ...fixedConflicts(publishes, rules),
    ...poolConflicts(publishes, rules, isHeld),
    ...sharedAllocations(publishes, rules),
  ];
}

const certain = { certainty: 'certain', severity: 'error' } as const;
const possible = { certainty: 'possible', severity: 'warning' } as const;

/** Maximum number of earlier publishes of a port that each one is compared with; more than any container has. */
const maxPairs = 500;

function fixedConflicts(publishes: readonly Publish[], rules: Rules): Conflict[] {
  const byPort = groupBy(
    publishes.filter((publish) => kindOf(publish) === 'fixed'),
    ({ protocol, hostPorts }) => `${protocol}/${hostPorts?.first}`,
  );
  return [...byPort.values()].flatMap((group) =>
    group.flatMap((publish, index) => {
      const other = group
        .slice(0, Math.min(index, maxPairs))
        .filter((earlier) => !(rules.mergesRepeats && isRepeat(earlier, publish)))
        .find((earlier) => publishesOverlap(earlier, publish, rules) === 'yes');
      return other === undefined ? [] : [requestConflict(publish, other)];
    }),
  );
}

/** Returns whether two publishes of one host port are the same. */
function isRepeat(one: Publish, other: Publish): boolean {
  return one.hostIp === other.hostIp && one.target === other.target;
}

function requestConflict(publish: Publish, other: Publish): Conflict {
  const port = publish.hostPorts?.first;
  const { address, protocol } = publish;
  return {
    code: 'published-twice',
    publish,
    other,
    ...(port && { endpoint: { address, protocol, port } }),
    ...certain,
  };
}

/**
 * Returns the pools with too few ports. Takes the fixed ports first, then the lowest free port of each pool, in the
 * order of the last ports of the pools: if any choice satisfies all pools, this one does.
 */
function poolConflicts(publishes: readonly Publish[], rules: Rules, isHeld: IsHeld): Conflict[] {
  const fixed = publishes.filter((publish) => kindOf(publish) === 'fixed');
  const pools = publishes.filter((publish) => kindOf(publish) === 'pool');
  const [taken, earlier] = [[...fixed], [...fixed]];
  const conflicts: Conflict[] = [];
  for (const pool of pools.sort((a, b) => (a.hostPorts?.last ?? 0) - (b.hostPorts?.last ?? 0))) {
    const allocations = allocationsOf(pool, rules);
    if (allocations.some((one) => firstFree(one, [], rules, isHeld) === undefined)) continue;
    const allocated = allocations.map((one) => fixedAt(one, firstFree(one, taken, rules, isHeld)));
    const finding = { code: 'pool-exhausted', publish: pool, bindings: [] } as const;
    if (allocated.includes(undefined)) conflicts.push({ ...finding, ...certain });
    else if (
      rules.poolRetries === 0 &&
      earlier.some((other) => isUnknownToAllocator(pool, other, rules))
    )
      conflicts.push({ ...finding, ...possible });
    taken.push(...allocated.filter((publish) => publish !== undefined));
    earlier.push(pool);
  }
  return conflicts;
}

function fixedAt(pool: Publish, port: Port | undefined): Publish | undefined {
  return port && { ...pool, hostPorts: singlePort(port) };
}

/**
 * Returns whether the engine may call a port free that the other publish took: its table compares addresses as text, so
 * it finds no overlap of different addresses.
 */
function isUnknownToAllocator(pool: Publish, other: Publish, rules: Rules): boolean {
  const [range, taken] = [pool.hostPorts, other.hostPorts];
  if (range === undefined || taken === undefined || pool.protocol !== other.protocol) return false;
  if (taken.last < range.first || range.last < taken.first) return false;
  return socketsOf(pool.address, rules).some((one) =>
    socketsOf(other.address, rules).some((two) => one !== two && addressesOverlap(one, two)),
  );
}

/** Returns the lowest port of a pool that neither these publishes nor other holders have, or `undefined`. */
export function firstFree(
  pool: Publish,
  taken: readonly Publish[],
  rules: Rules,
  isHeld: IsHeld = () => false,
): Port | undefined {
  if (pool.hostPorts === undefined) return undefined;
  const byPort = groupBy(
    taken.filter(({ hostPorts }) => hostPorts !== undefined),
    ({ hostPorts }) => `${hostPorts?.first}`,
  );
  for (const port of portsOf(pool.hostPorts)) {
    const place = { ...pool, hostPorts: singlePort(port) };
    const isTaken = byPort
      .get(`${port}`)
      ?.some((other) => publishesOverlap(other, place, rules) !== 'no');
    if (!isTaken && !isHeld(pool, port)) return port;
  }
  return undefined;
}

function sharedAllocations(publishes: readonly Publish[], rules: Rules): Conflict[] {
  if (rules.allocatesSeparately) return [];
  const allocations = groupBy(
    publishes.filter((publish) => kindOf(publish) !== 'fixed'),
    ({ protocol, target, hostPorts }) =>
      `${protocol}/${target} ${hostPorts?.first} ${hostPorts?.last}`,
  );
  return [...allocations.values()].flatMap((group) =>
    group.flatMap((publish, index) => {
      const other = group
        .slice(0, index)
        .find(({ address }) => sharesSocket(address, publish.address, rules));
      return other === undefined ? [] : [requestConflict(publish, other)];
    }),
  );
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
