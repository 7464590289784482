import { realPath } from '../../compose/files/paths.ts';
import type { ComposeProject } from '../../compose/project.ts';
import { toBindings } from '../../leases/lease.ts';
import { openLeaseStore } from '../../leases/store.ts';
import type { HostState } from '../../model/host/host-state.ts';
import { readLeasesOrWarn } from '../../workflows/plans/plan-with-leases.ts';

/** A host with what is remembered for other folders than those that are asked about here. */
export interface LeasedHost {
  readonly state: HostState;
  readonly notes: readonly string[];
}

/** What is kept for the working directory and for these projects is theirs to take. */
export async function withOthersLeases(
  state: HostState,
  projects: readonly ComposeProject[],
): Promise<LeasedHost> {
  const { leases, notes } = await readLeasesOrWarn(openLeaseStore());
  if (leases.length === 0) return { state, notes };
  const own = new Set([process.cwd(), ...projects.map((one) => one.directory)].map(realPath));
  const others = leases.filter(({ directory }) => !own.has(directory));
  return { state: { ...state, bindings: [...state.bindings, ...toBindings(others)] }, notes };
}
