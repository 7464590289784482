import type { ContainerInspect } from '../../engine/client/api-types.ts';
import { opensPorts } from '../../engine/networks/networks.ts';
import type { Engine } from '../../engine/open-engine.ts';
import { type Conflict, isFailure } from '../../model/findings/conflict.ts';
import type { Binding, Endpoint } from '../../model/host/binding.ts';
import { type HostState, withTaken } from '../../model/host/host-state.ts';
import type { Publish } from '../../model/ports/publish.ts';
import { findHostConflicts } from '../../planner/host-conflicts.ts';
import { probePublishes } from '../../planner/probe-publishes.ts';
import { createProber } from '../../scanner/probe/prober.ts';
import { type ScanResult, scan } from '../../scanner/scan.ts';
import { identifyConflicts } from '../../workflows/findings/identify-conflicts.ts';
import { suggestPorts } from '../../workflows/findings/suggest-ports.ts';
import { fixedPorts } from '../../workflows/inputs/targets.ts';
import type { PortCheck, StartContainerRequest } from './types.ts';

/**
 * Scans the host and returns the conflicts of a container's ports.
 * @param lost endpoints that the engine has just rejected
 * @throws PortplanError
 */
export async function checkPorts(
  request: StartContainerRequest,
  lost: readonly Endpoint[] = [],
): Promise<PortCheck> {
  const { container, published } = request;
  const publishes = published.map(({ publish }) => publish);
  const scanned = await scanForContainer(request);
  return { scanned, conflicts: await findPortConflicts({ container, publishes }, scanned, lost) };
}

/** Scans the host for the fixed ports of a container, and closes the connection to the engine. @throws PortplanError */
export async function scanForContainer(request: StartContainerRequest): Promise<ScanResult> {
  const { host, context, timeoutMs, published } = request;
  const ports = fixedPorts(published.map(({ publish }) => publish));
  await using scanned = await scan({
    ...{ host, context, timeoutMs, ports },
    stopped: true,
    extendWhileAlive: true,
  });
  return scanned;
}

/** A stopped container and its publishes. */
export interface ContainerPorts {
  readonly container: ContainerInspect;
  readonly publishes: readonly Publish[];
}

/**
 * Returns what prevents a container from starting on its ports: holders, remedies, and free ports. The container's own
 * reservations do not conflict.
 * @param lost endpoints that the engine has just rejected; they count as taken when the scan shows no conflict
 */
export async function findPortConflicts(
  { container, publishes }: ContainerPorts,
  scanned: ScanResult,
  lost: readonly Endpoint[] = [],
): Promise<readonly Conflict[]> {
  const prober = createProber(scanned);
  const before = withoutContainer(scanned.state, container.Id);
  const probed = prober && (await probePublishes(publishes, before, prober));
  const state = probed?.host ?? before;
  const conflictsOn = (host: HostState) =>
    [...findHostConflicts(publishes, host), ...(probed?.conflicts ?? [])].filter(isFailure);
  const seen = conflictsOn(state);
  const conflicts = seen.length === 0 ? conflictsOn(withTaken(state, lost)) : seen;
  return suggestPorts(await identifyConflicts(conflicts, scanned), state, prober);
}

/** Whether any network of the container publishes ports on the host. @throws PortplanError */
export async function hasOpenNetwork(
  engine: Engine,
  { NetworkSettings }: ContainerInspect,
): Promise<boolean> {
  const networks = Object.keys(NetworkSettings?.Networks ?? {});
  if (networks.length === 0) return true;
  const open = await Promise.all(networks.map((network) => opensPorts(engine, network)));
  return open.includes(true);
}

/** Returns the host without the bindings of one container. */
export function withoutContainer(state: HostState, id: string): HostState {
  const isOwn = ({ holder }: Binding) => holder.kind === 'container' && holder.id === id;
  return { ...state, bindings: state.bindings.filter((binding) => !isOwn(binding)) };
}
