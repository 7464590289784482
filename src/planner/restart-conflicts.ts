import type { Conflict } from '../model/findings/conflict.ts';
import type { Binding, ContainerHolder } from '../model/host/binding.ts';
import { addressesOverlap } from '../model/ports/address.ts';
import { portKey } from '../model/ports/port.ts';
import { remedyFor } from './remedy.ts';

/** What must be known of a container here. */
interface Candidate {
  readonly holder: ContainerHolder;
  readonly state: string;
  readonly wanted: readonly Binding[];
  readonly startedBefore: boolean;
}

/** Pairs that want one port at the next start of the engine, which starts all of them at once. Costs n log n. */
export function findRestartConflicts(
  containers: readonly Candidate[],
  engine: string,
): readonly Conflict[] {
  const returning = containers.filter(restartsAutomatically).flatMap(({ wanted }) => wanted);
  const byPort = new Map<number, Binding[]>();
  for (const binding of returning) {
    const key = portKey(binding);
    byPort.set(key, [...(byPort.get(key) ?? []), binding]);
  }
  return [...byPort.values()].flatMap((rivals) =>
    rivals.flatMap((binding, index) => {
      const other = rivals.slice(0, index).find((earlier) => conflictsOnRestart(earlier, binding));
      if (other === undefined) return [];
      const remedy = remedyFor({ ...binding, state: 'stopped' }, engine);
      return [
        {
          code: 'restart-conflict',
          binding,
          other,
          certainty: 'possible',
          severity: 'warning',
          remedy,
        } as const,
      ];
    }),
  );
}

/** moby daemon/daemon.go, restore: `always` comes back even when it was stopped by hand, others when they ran. */
function restartsAutomatically({ holder, state, startedBefore }: Candidate): boolean {
  if (!startedBefore) return false;
  if (holder.restart === 'always') return true;
  return state === 'running' && holder.restart !== undefined && holder.restart !== 'no';
}

function conflictsOnRestart(one: Binding, other: Binding): boolean {
  const [a, b] = [one.holder, other.holder];
  const same = a.kind === 'container' && b.kind === 'container' && a.id === b.id;
  return !same && addressesOverlap(one.address, other.address);
}
