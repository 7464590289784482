import type { Conflict } from '../model/findings/conflict.ts';
import type { Binding, ContainerHolder } from '../model/host/binding.ts';
import { addressesOverlap } from '../model/ports/address.ts';
import { portKey } from '../model/ports/port.ts';
import { remedyFor } from './remedy.ts';

/** A container that may start again with the engine. */
interface Candidate {
  readonly holder: ContainerHolder;
  readonly state: string;
  readonly wanted: readonly Binding[];
  readonly startedBefore: boolean;
}

/**
 * Returns the pairs of containers that need one port at the next start of the engine, which starts all of them at once.
 * Costs n log n.
 */
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
  return [...byPort.values()].flatMap((group) =>
    group.flatMap((binding, index) => {
      const other = group.slice(0, index).find((earlier) => conflictsOnRestart(earlier, binding));
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

/**
 * Returns whether the engine starts a container when it starts itself (moby daemon/daemon.go, restore): with `always`
 * even if the container was stopped by hand, with the other policies if it ran.
 */
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
