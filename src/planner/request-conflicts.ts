import type { Conflict } from '../model/findings/conflict.ts';
import type { Rules } from '../model/host/engine-traits.ts';
import { allocationsOf, publishesOverlap, sharesSocket, socketsOf } from '../model/host/overlap.ts';
import { addressesOverlap } from '../model/ports/address.ts';
import { type Port, portsOf, singlePort } from '../model/ports/port.ts';
import { kindOf, type Publish } from '../model/ports/publish.ts';

/** Whether a port on the address of a publish is certainly held by another holder. */
export type IsHeld = (publish: Publish, port: Port) => boolean;

/**
 * What the publishes of one container take from each other: a host port twice, a pool with too few ports left, and
 * (engines from 28.0) one number for several publishes of a container port that were to get a port each. `isHeld`
 * decides which ports of a pool are left; a pool that other holders exhaust is not reported here.
 */
export function findRequestConflicts(
  publishes: readonly Publish[],
  rules: Rules,
  isHeld: IsHeld = () => false,
): Conflict[] {
  return [
    ...fixedConflicts(publishes, rules),
    ...poolConflicts(publishes, rules, isHeld),
    ...sharedDraws(publishes, rules),
  ];
}

const certain = { certainty: 'certain', severity: 'error' } as const;
const possible = { certainty: 'possible', severity: 'warning' } as const;

/** With so many for one port each is compared; no container has them. */
const maxPairs = 500;

function fixedConflicts(publishes: readonly Publish[], rules: Rules): Conflict[] {
  const byPort = groupBy(
    publishes.filter((publish) => kindOf(publish) === 'fixed'),
    ({ protocol, hostPorts }) => `${protocol}/${hostPorts?.first}`,
  );
  return [...byPort.values()].flatMap((rivals) =>
    rivals.flatMap((publish, index) => {
      const other = rivals
        .slice(0, Math.min(index, maxPairs))
        .filter((earlier) => !(rules.mergesRepeats && isRepeat(earlier, publish)))
        .find((earlier) => publishesOverlap(earlier, publish, rules) === 'yes');
      return other === undefined ? [] : [requestConflict(publish, other)];
    }),
  );
}

/** Of two publishes for one host port: whether they say the same. */
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
 * Fixed ports are taken first, then each pool in the order of its end takes its lowest free port: if any choice
 * satisfies all pools, this one does.
 */
function poolConflicts(publishes: readonly Publish[], rules: Rules, isHeld: IsHeld): Conflict[] {
  const fixed = publishes.filter((publish) => kindOf(publish) === 'fixed');
  const pools = publishes.filter((publish) => kindOf(publish) === 'pool');
  const [taken, earlier] = [[...fixed], [...fixed]];
  const conflicts: Conflict[] = [];
  for (const pool of pools.sort((a, b) => (a.hostPorts?.last ?? 0) - (b.hostPorts?.last ?? 0))) {
    const draws = allocationsOf(pool, rules);
    if (draws.some((draw) => firstFree(draw, [], rules, isHeld) === undefined)) continue;
    const drawn = draws.map((draw) => fixedAt(draw, firstFree(draw, taken, rules, isHeld)));
    const finding = { code: 'pool-exhausted', publish: pool, bindings: [] } as const;
    if (drawn.includes(undefined)) conflicts.push({ ...finding, ...certain });
    else if (rules.poolRetries === 0 && earlier.some((other) => surprises(pool, other, rules)))
      conflicts.push({ ...finding, ...possible });
    taken.push(...drawn.filter((publish) => publish !== undefined));
    earlier.push(pool);
  }
  return conflicts;
}

function fixedAt(pool: Publish, port: Port | undefined): Publish | undefined {
  return port && { ...pool, hostPorts: singlePort(port) };
}

/** Whether the engine's table, which knows the texts of addresses, may call a port free that the other one took. */
function surprises(pool: Publish, other: Publish, rules: Rules): boolean {
  const [range, taken] = [pool.hostPorts, other.hostPorts];
  if (range === undefined || taken === undefined || pool.protocol !== other.protocol) return false;
  if (taken.last < range.first || range.last < taken.first) return false;
  return socketsOf(pool.address, rules).some((one) =>
    socketsOf(other.address, rules).some((two) => one !== two && addressesOverlap(one, two)),
  );
}

/** Returns the lowest port of a pool that no publish takes and no other holder has. */
export function firstFree(
  pool: Publish,
  taken: readonly Publish[],
  rules: Rules,
  isHeld: IsHeld = () => false,
): Port | undefined {
  if (pool.hostPorts === undefined) return undefined;
  const rivals = groupBy(
    taken.filter(({ hostPorts }) => hostPorts !== undefined),
    ({ hostPorts }) => `${hostPorts?.first}`,
  );
  for (const port of portsOf(pool.hostPorts)) {
    const place = { ...pool, hostPorts: singlePort(port) };
    const isTaken = rivals
      .get(`${port}`)
      ?.some((rival) => publishesOverlap(rival, place, rules) !== 'no');
    if (!isTaken && !isHeld(pool, port)) return port;
  }
  return undefined;
}

function sharedDraws(publishes: readonly Publish[], rules: Rules): Conflict[] {
  if (rules.allocatesSeparately) return [];
  const draws = groupBy(
    publishes.filter((publish) => kindOf(publish) !== 'fixed'),
    ({ protocol, target, hostPorts }) =>
      `${protocol}/${target} ${hostPorts?.first} ${hostPorts?.last}`,
  );
  return [...draws.values()].flatMap((rivals) =>
    rivals.flatMap((publish, index) => {
      const other = rivals
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
