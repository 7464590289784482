import type { ContainerInspect } from '../../engine/client/api-types.ts';
import { findDependents } from '../../engine/containers/dependents.ts';
import type { Engine } from '../../engine/open-engine.ts';
import type { Lease } from '../../leases/lease.ts';
import { openLeaseStore } from '../../leases/store.ts';
import { type Conflict, isFailure } from '../../model/findings/conflict.ts';
import type { Assignment } from '../../model/findings/plan.ts';
import { kindOf, type Publish } from '../../model/ports/publish.ts';
import type { PlanOptions } from '../../planner/options.ts';
import { planAndProbe } from '../../planner/plan-and-probe.ts';
import { identifyPortHolders } from '../../scanner/identify-holders.ts';
import { createProber } from '../../scanner/probe/prober.ts';
import type { ScanResult } from '../../scanner/scan.ts';
import { identifyConflicts } from '../../workflows/findings/identify-conflicts.ts';
import { fixedPorts } from '../../workflows/inputs/targets.ts';
import { readLeasesOrWarn, withLeaseBindings } from '../../workflows/plans/plan-with-leases.ts';
import { withoutOwn } from './port-conflicts.ts';

/** Why a container cannot be made anew as it is; nothing when it can. @throws PortplanError */
export async function remapObstacle(
  engine: Engine,
  container: ContainerInspect,
  ids: readonly string[],
): Promise<string | undefined> {
  if (!engine.traits.reportsFullConfig)
    return 'this engine does not tell all that a container was made with, so it cannot be made anew alike';
  if (container.Config?.Labels?.['com.docker.swarm.task.id'] !== undefined)
    return 'it is a task of a swarm service, which makes its containers itself';
  const dependents = await findDependents(engine, container, ids);
  if (dependents.length === 0) return undefined;
  return `${dependents.join(', ')} would lose it: joined to it by its id (--network, --ipc, --pid) or by --link`;
}

export interface RemapPlanRequest {
  readonly host: ScanResult;
  readonly container: ContainerInspect;
  readonly publishes: readonly Publish[];
  readonly blocked: readonly Conflict[];
  readonly planning: PlanOptions;
}

/** Where the ports of a container go; those that are free stay, and what the engine chooses is left to it. */
export interface RemapPlan {
  readonly assignments: readonly Assignment[];
  /** Why some cannot go anywhere; then nothing is to be done. */
  readonly conflicts: readonly Conflict[];
}

export async function planRemap(request: RemapPlanRequest): Promise<RemapPlan> {
  const { container, publishes, blocked, planning } = request;
  const stuck = new Set(
    blocked.flatMap((conflict) => ('publish' in conflict ? [conflict.publish] : [])),
  );
  const planned = publishes.filter((publish) => kindOf(publish) === 'fixed' || stuck.has(publish));
  const host = await identifyPortHolders(request.host, fixedPorts(publishes));
  const { leases } = await readLeasesOrWarn(openLeaseStore());
  const others = leases.filter((lease) => !isForContainer(lease, container));
  const state = withLeaseBindings(withoutOwn(host.state, container.Id), others);
  const { plan } = await planAndProbe(planned, state, planning, createProber(host));
  const conflicts = await identifyConflicts(plan.conflicts.filter(isFailure), host);
  return { assignments: plan.assignments, conflicts };
}

/** What is kept for a service is kept for its container. */
function isForContainer(lease: Lease, { Config }: ContainerInspect): boolean {
  const label = (name: string) => Config?.Labels?.[`com.docker.compose.${name}`];
  return (
    lease.project === label('project') &&
    lease.service === label('service') &&
    lease.directory === label('project.working_dir')
  );
}
