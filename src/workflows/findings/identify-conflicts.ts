import { bindingsOf, type Conflict } from '../../model/findings/conflict.ts';
import type { Binding } from '../../model/host/binding.ts';
import { formatPublish } from '../../model/ports/publish.ts';
import { remedyFor } from '../../planner/remedy.ts';
import { identifyHolders } from '../../scanner/identify-holders.ts';
import type { ScanResult } from '../../scanner/scan.ts';

/** Returns the conflicts with their holders identified and the remedy that frees each port. */
export async function identifyConflicts(
  conflicts: readonly Conflict[],
  host: ScanResult,
): Promise<readonly Conflict[]> {
  const bindings = [...new Set(conflicts.flatMap(bindingsOf))];
  const described = await identifyHolders(bindings, host);
  const byOriginal = new Map(
    bindings.map((binding, index) => [binding, described[index] ?? binding]),
  );
  const identified = conflicts.map((conflict) =>
    withBindings(conflict, byOriginal, host.engine?.command),
  );
  return mergeHolders(identified);
}

function withBindings(
  conflict: Conflict,
  byOriginal: ReadonlyMap<Binding, Binding>,
  engine: string | undefined,
): Conflict {
  const described = (binding: Binding) => byOriginal.get(binding) ?? binding;
  if ('bindings' in conflict) return { ...conflict, bindings: conflict.bindings.map(described) };
  if (!('binding' in conflict)) return conflict;
  const binding = described(conflict.binding);
  return { ...conflict, binding, remedy: conflict.remedy ?? remedyFor(binding, engine) };
}

/** Drops duplicates: only identified sockets show that two of them belong to one process or container. */
function mergeHolders(conflicts: readonly Conflict[]): readonly Conflict[] {
  const seen = new Set<string>();
  return conflicts.filter((conflict) => {
    const holder = conflict.code === 'port-in-use' ? idOf(conflict.binding) : undefined;
    if (holder === undefined || conflict.code !== 'port-in-use') return true;
    const key = `${formatPublish(conflict.publish)} ${holder}`;
    return !seen.has(key) && seen.add(key);
  });
}

function idOf({ holder }: Binding): string | undefined {
  // Without an engine to ask, equal forwarders (one per address family) most likely serve one container.
  if (holder.kind === 'container') return holder.id ?? holder.forwarder;
  return 'pid' in holder && holder.pid !== undefined ? `${holder.pid}` : undefined;
}
