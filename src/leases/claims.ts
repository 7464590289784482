import type { Binding } from '../model/host/binding.ts';
import type { Lease } from './lease.ts';

/** What leases keep, as bindings that nobody holds now: so the planner goes around them. */
export function claimsOf(leases: readonly Lease[]): readonly Binding[] {
  return leases.map(toClaim);
}

function toClaim({ directory, project, service, address, port, protocol }: Lease): Binding {
  return {
    ...{ address, port, protocol },
    holder: { kind: 'lease', project, directory, service },
    state: 'claimed',
  };
}
