import type { Conflict } from '../model/findings/conflict.ts';
import type { Rules } from '../model/host/engine-traits.ts';
import { publishesOverlap, replicasOverlap } from '../model/host/overlap.ts';
import { singlePort } from '../model/ports/port.ts';
import { kindOf, type Publish } from '../model/ports/publish.ts';
import { findRequestConflicts, firstFree } from './request-conflicts.ts';

/** The properties of a Compose service that decide which ports it takes. */
export interface PublishingService {
  readonly name: string;
  /** Whether a bare `up` starts it. */
  readonly enabled: boolean;
  readonly profiles: readonly string[];
  /** Number of containers; `undefined` if it depends on an unset variable. */
  readonly replicas: number | undefined;
  readonly publishes: readonly Publish[];
}

/** Maximum number of publishes of one port that are reported in pairs; each further publish gets one finding. */
const maxPairs = 50;
/** Maximum number of pools that are compared with every fixed port; more than any project has. */
const maxPools = 1000;
/** Maximum number of containers per service that get a port of its pool; more than anyone starts. */
const maxReplicas = 1000;

interface Owned {
  readonly publish: Publish;
  readonly service: PublishingService;
}

/**
 * Returns the conflicts between the services of a project and within each: ports published twice, fixed ports of
 * services with several containers, pools that are too small. A conflict that needs a profile is a warning that names
 * it. Costs n log n unless most publishes have the same port.
 */
export function findProjectConflicts(
  services: readonly PublishingService[],
  rules: Rules,
): Conflict[] {
  const starting = services.filter(({ replicas }) => replicas !== 0);
  const owned = starting.flatMap((service) =>
    service.publishes.map((publish) => ({ publish, service })),
  );
  return [
    ...starting.flatMap((service) =>
      withProfilesOf(service, findRequestConflicts(service.publishes, rules)),
    ),
    ...starting.flatMap(replicaConflicts),
    ...pairConflicts(owned, rules),
    ...sharedPools(owned, rules),
  ];
}

function withProfilesOf(
  service: PublishingService,
  conflicts: readonly Conflict[],
): readonly Conflict[] {
  const profiles = neededProfiles([service]);
  return profiles === undefined
    ? conflicts
    : conflicts.map((conflict) => ({ ...conflict, ...asWarning, profiles }));
}

const certain = { certainty: 'certain', severity: 'error' } as const;
const asWarning = { certainty: 'possible', severity: 'warning' } as const;

function replicaConflicts(service: PublishingService): readonly Conflict[] {
  const { replicas = 1, publishes } = service;
  if (replicas < 2) return [];
  const crowded = publishes.filter((publish) => replicasOverlap(publish, replicas) === 'yes');
  const conflicts = crowded.map((publish): Conflict => {
    if (kindOf(publish) === 'fixed')
      return { code: 'replicas-share-port', publish, replicas, ...certain };
    return { code: 'pool-exhausted', publish, bindings: [], replicas, ...certain };
  });
  return withProfilesOf(service, conflicts);
}

/** Returns the conflicts between different services: the same fixed port, or a fixed port in the pool of another. */
function pairConflicts(owned: readonly Owned[], rules: Rules): readonly Conflict[] {
  const byPort = new Map<string, Owned[]>();
  const pools = owned.filter(({ publish }) => kindOf(publish) === 'pool').slice(0, maxPools);
  const conflicts: Conflict[] = [];
  for (const one of owned.filter(({ publish }) => kindOf(publish) === 'fixed')) {
    const key = `${one.publish.protocol}/${one.publish.hostPorts?.first}`;
    const others = byPort.get(key) ?? [];
    const isCrowded = others.length >= maxPairs;
    const found = [...others, ...pools].flatMap((other) => pairConflict(one, other, rules));
    conflicts.push(...(isCrowded ? found.slice(0, 1) : found));
    if (!isCrowded) byPort.set(key, [...others, one]);
  }
  return conflicts;
}

function pairConflict(one: Owned, other: Owned, rules: Rules): readonly Conflict[] {
  if (one.service === other.service) return [];
  const overlap = publishesOverlap(other.publish, one.publish, rules);
  if (overlap === 'no') return [];
  const { address, protocol, hostPorts } = one.publish;
  const endpoint = hostPorts && { address, protocol, port: hostPorts.first };
  const profiles = neededProfiles([other.service, one.service]);
  const weight = overlap === 'yes' && profiles === undefined ? certain : asWarning;
  return [
    {
      code: 'published-twice',
      publish: one.publish,
      other: other.publish,
      endpoint,
      profiles,
      ...weight,
    },
  ];
}

/**
 * Returns the profiles that start all of these services: one that the disabled services share if there is one.
 * `undefined` if a bare `up` starts them.
 */
function neededProfiles(services: readonly PublishingService[]): readonly string[] | undefined {
  const disabled = services.filter(({ enabled }) => !enabled);
  const [first, ...others] = disabled;
  if (first === undefined) return undefined;
  const shared = first.profiles.find((profile) =>
    others.every(({ profiles }) => profiles.includes(profile)),
  );
  if (shared !== undefined) return [shared];
  return disabled.flatMap(({ profiles }) => profiles.slice(0, 1));
}

/** Returns the pools that have too few ports for the services that a bare `up` starts together. */
function sharedPools(owned: readonly Owned[], rules: Rules): readonly Conflict[] {
  const enabled = owned.filter(({ service }) => service.enabled);
  const pools = enabled.filter(({ publish }) => kindOf(publish) === 'pool');
  if (new Set(pools.map(({ service }) => service)).size < 2) return [];
  const taken: Publish[] = [];
  const conflicts: Conflict[] = [];
  const byEnd = [...pools].sort(
    (a, b) => (a.publish.hostPorts?.last ?? 0) - (b.publish.hostPorts?.last ?? 0),
  );
  for (const { publish, service } of byEnd) {
    const replicas = Math.min(service.replicas ?? 1, maxReplicas);
    for (let replica = 0; replica < replicas; replica += 1) {
      const port = firstFree(publish, taken, rules);
      if (port === undefined) {
        conflicts.push({ code: 'pool-exhausted', publish, bindings: [], ...certain });
        break;
      }
      taken.push({ ...publish, hostPorts: singlePort(port) });
    }
  }
  return conflicts;
}
