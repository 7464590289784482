import type { ComposeProject, ComposePublish } from '../../compose/project.ts';
import type { Conflict } from '../../model/findings/conflict.ts';
import type { HostState } from '../../model/host/host-state.ts';
import { portsOf, singlePort } from '../../model/ports/port.ts';
import { kindOf } from '../../model/ports/publish.ts';
import { findHostConflicts, type IsReplacedBy } from '../../planner/host-conflicts.ts';

export type ExhaustedPool = Extract<Conflict, { readonly code: 'pool-exhausted' }>;

/**
 * Finds pools with fewer free ports than their service has containers. Such a pool cannot be replaced by one port.
 */
export function findExhaustedPools(
  { services }: ComposeProject,
  publishes: readonly ComposePublish[],
  host: HostState,
  isReplacedBy: IsReplacedBy,
): readonly ExhaustedPool[] {
  const counts = new Map(services.map(({ name, replicas = 1 }) => [name, replicas]));
  return publishes.flatMap((publish): readonly ExhaustedPool[] => {
    const replicas = counts.get(publish.origin.service) ?? 1;
    if (kindOf(publish) !== 'pool' || replicas < 2) return [];
    const bindings = holdersOf(publish, replicas, host, isReplacedBy);
    if (bindings === undefined) return [];
    const finding = { publish, bindings, replicas } as const;
    return [{ code: 'pool-exhausted', ...finding, certainty: 'certain', severity: 'error' }];
  });
}

/** Returns the holders of ports of the pool; empty if enough ports are free. */
function holdersOf(
  publish: ComposePublish,
  replicas: number,
  host: HostState,
  isReplacedBy: IsReplacedBy,
): ExhaustedPool['bindings'] | undefined {
  const { hostPorts: pool } = publish;
  if (pool === undefined) return undefined;
  const each = [...portsOf(pool)].map((port) => ({
    ...publish,
    hostPorts: singlePort(port),
  }));
  const held = findHostConflicts(each, host, isReplacedBy).flatMap((found) =>
    found.code === 'port-in-use' ? [found] : [],
  );
  const taken = new Set(held.map(({ endpoint }) => endpoint.port));
  return each.length - taken.size >= replicas ? undefined : held.map(({ binding }) => binding);
}
