import type { ContainerInspect } from '../../engine/client/api-types.ts';
import { findDependents } from '../../engine/containers/dependents.ts';
import type { Engine } from '../../engine/open-engine.ts';
import type { Lease } from '../../leases/lease.ts';
import { openLeaseStore } from '../../leases/store.ts';
import { type Conflict, isFailure, publishOf } from '../../model/findings/conflict.ts';
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
import { withoutContainer } from './port-conflicts.ts';

/** Returns why a container cannot be recreated faithfully; `undefined` when it can. @throws PortplanError */
export async function remapObstacle(
  engine: Engine,
  container: ContainerInspect,
  ids: readonly string[],
): Promise<string | undefined> {
  if (!engine.traits.reportsFullConfig)
    return "Podman's Docker API does not report its full configuration";
  if (container.Config?.Labels?.['com.docker.swarm.task.id'] !== undefined)
    return 'it is a task of a swarm service, which creates its own containers';
  const dependents = await findDependents(engine, container, ids);
  if (dependents.length === 0) return undefined;
  return `${dependents.join(', ')} would lose it: joined by id (--network, --ipc, --pid) or by --link`;
}

/** A container whose ports are taken. */
export interface RemapPlanRequest {
  readonly scanned: ScanResult;
  readonly container: ContainerInspect;
  readonly publishes: readonly Publish[];
  /** What prevents its own ports. */
  readonly conflicts: readonly Conflict[];
  readonly planning: PlanOptions;
}

/** New ports of a container. Free ports stay, and the engine still chooses engine-chosen ones. */
export interface RemapPlan {
  readonly assignments: readonly Assignment[];
  /** Why some publishes got no port; then the container is not recreated. */
  readonly conflicts: readonly Conflict[];
}

/** Plans and probes new ports; leases of other projects count as taken. @throws PortplanError */
export async function planRemap(request: RemapPlanRequest): Promise<RemapPlan> {
  const { container, publishes, planning } = request;
  const blocked = new Set(request.conflicts.flatMap((conflict) => publishOf(conflict) ?? []));
  const planned = publishes.filter(
    (publish) => kindOf(publish) === 'fixed' || blocked.has(publish),
  );
  const host = await identifyPortHolders(request.scanned, fixedPorts(publishes));
  const { leases } = await readLeasesOrWarn(openLeaseStore());
  const others = leases.filter((lease) => !isForContainer(lease, container));
  const state = withLeaseBindings(withoutContainer(host.state, container.Id), others);
  const { plan } = await planAndProbe(planned, state, planning, createProber(host));
  const conflicts = await identifyConflicts(plan.conflicts.filter(isFailure), host);
  return { assignments: plan.assignments, conflicts };
}

/** Whether a lease belongs to the service that the container was created for. */
function isForContainer(lease: Lease, { Config }: ContainerInspect): boolean {
  const label = (name: string) => Config?.Labels?.[`com.docker.compose.${name}`];
  return (
    lease.project === label('project') &&
    lease.service === label('service') &&
    lease.directory === label('project.working_dir')
  );
}
