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
import type { ScanResult } from '../../scanner/scan.ts';
import { identifyConflicts } from '../../workflows/findings/identify-conflicts.ts';
import { suggestPorts } from '../../workflows/findings/suggest-ports.ts';

/** A stopped container, and what it publishes. */
export interface ContainerPorts {
  readonly container: ContainerInspect;
  readonly publishes: readonly Publish[];
}

/**
 * What keeps a container from starting with its ports: who holds them, what frees them, and what is free instead. What it
 * claims itself is not in its way.
 * @param lost endpoints that the engine has just refused, whoever has them
 */
export async function findPortConflicts(
  { container, publishes }: ContainerPorts,
  host: ScanResult,
  lost: readonly Endpoint[] = [],
): Promise<readonly Conflict[]> {
  const look = createProber(host);
  const state = withoutOwn(host.state, container.Id);
  const confirmed = look && (await probePublishes(publishes, state, look));
  const seen = confirmed?.host ?? state;
  const conflicts = (now: HostState) =>
    [...findHostConflicts(publishes, now), ...(confirmed?.conflicts ?? [])].filter(isFailure);
  const found = conflicts(seen);
  const all = found.length === 0 ? conflicts(withTaken(seen, lost)) : found;
  return suggestPorts(await identifyConflicts(all, host), seen, look);
}

/** Whether any network of the container opens ports on the host at all. */
export async function hasOpenNetwork(
  engine: Engine,
  { NetworkSettings }: ContainerInspect,
): Promise<boolean> {
  const networks = Object.keys(NetworkSettings?.Networks ?? {});
  if (networks.length === 0) return true;
  const open = await Promise.all(networks.map((network) => opensPorts(engine, network)));
  return open.includes(true);
}

/** The host without what a container claims. */
export function withoutOwn(state: HostState, id: string): HostState {
  const isOwn = ({ holder }: Binding) => holder.kind === 'container' && holder.id === id;
  return { ...state, bindings: state.bindings.filter((binding) => !isOwn(binding)) };
}
