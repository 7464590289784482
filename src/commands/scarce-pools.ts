import type { ComposeProject, ComposePublish } from '../compose/project.ts';
import type { Conflict } from '../model/conflict.ts';
import type { HostState } from '../model/host.ts';
import { toPort } from '../model/port.ts';
import { kindOf } from '../model/publish.ts';
import { findHostConflicts, type IsOwn } from '../planner/find-conflicts.ts';

export type ScarcePool = Extract<Conflict, { readonly code: 'pool-exhausted' }>;

/**
 * Pools of services with several containers that have no free port for each of them. One port cannot stand in for
 * such a pool.
 */
export function findScarcePools(
  { services }: ComposeProject,
  publishes: readonly ComposePublish[],
  host: HostState,
  isOwn: IsOwn,
): readonly ScarcePool[] {
  const counts = new Map(services.map(({ name, replicas = 1 }) => [name, replicas]));
  return publishes.flatMap((publish): readonly ScarcePool[] => {
    const replicas = counts.get(publish.origin.service) ?? 1;
    if (kindOf(publish) !== 'pool' || replicas < 2) return [];
    const bindings = holdersOf(publish, replicas, host, isOwn);
    if (bindings === undefined) return [];
    const finding = { publish, bindings, replicas } as const;
    return [{ code: 'pool-exhausted', ...finding, certainty: 'certain', severity: 'error' }];
  });
}

/** Who holds ports of the pool; nothing where enough of them are free. */
function holdersOf(
  publish: ComposePublish,
  replicas: number,
  host: HostState,
  isOwn: IsOwn,
): ScarcePool['bindings'] | undefined {
  const { first, last } = publish.hostPorts ?? { first: 1, last: 0 };
  const holders: ScarcePool['bindings'][number][] = [];
  let free = 0;
  for (let port = first; port <= last; port += 1) {
    const one = { ...publish, hostPorts: { first: toPort(port), last: toPort(port) } };
    const conflicts = findHostConflicts([one], host, isOwn);
    const held = conflicts.flatMap((found) => (found.code === 'port-in-use' ? found.binding : []));
    if (held.length > 0) holders.push(...held);
    else free += 1;
    if (free === replicas) return undefined;
  }
  return holders;
}
