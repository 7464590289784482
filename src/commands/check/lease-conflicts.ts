import { realPath } from '../../compose/files/paths.ts';
import type { ComposeProject } from '../../compose/project.ts';
import { toBindings } from '../../leases/lease.ts';
import { openLeaseStore } from '../../leases/store.ts';
import type { HostState } from '../../model/host/host-state.ts';
import { readLeasesOrWarn } from '../../workflows/plans/plan-with-leases.ts';

/** A host state with the leases of other folders as bindings. */
export interface LeasedHost {
  readonly state: HostState;
  readonly notes: readonly string[];
}

/** Adds the leases of other folders to a host state; those of the working directory and of these projects do not block. */
export async function withLeasesOfOthers(
  state: HostState,
  projects: readonly ComposeProject[],
): Promise<LeasedHost> {
  const { leases, notes } = await readLeasesOrWarn(openLeaseStore());
  if (leases.length === 0) return { state, notes };
  const checkedDirectories = new Set(
    [process.cwd(), ...projects.map((one) => one.directory)].map(realPath),
  );
  const others = leases.filter(({ directory }) => !checkedDirectories.has(directory));
  return { state: { ...state, bindings: [...state.bindings, ...toBindings(others)] }, notes };
}
