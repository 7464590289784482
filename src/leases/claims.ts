import type { Binding } from '../model/binding.ts';
import { createKeySet, type Lease, type LeaseKey } from './lease.ts';

/**
 * What leases keep, as bindings that nobody holds now: so the planner goes around them. `except` are the keys that the
 * plan is for; the other services of the same project keep theirs.
 */
export function claimsOf(
  leases: readonly Lease[],
  except: readonly LeaseKey[] = [],
): readonly Binding[] {
  const isPlanned = createKeySet(except);
  return leases.filter((lease) => !isPlanned(lease)).map(toClaim);
}

function toClaim({ directory, project, service, address, port, protocol }: Lease): Binding {
  return {
    ...{ address, port, protocol },
    holder: { kind: 'lease', project, directory, service },
    state: 'claimed',
  };
}
