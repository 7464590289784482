import { realpathSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import type { ComposeProject } from '../../compose/project.ts';
import { asPortplanError, messageOf, PortplanError } from '../../errors.ts';
import {
  createKeySet,
  indexLeases,
  type Lease,
  type LeaseKey,
  toBindings,
  withLeases,
} from '../../leases/lease.ts';
import { type LeaseOwner, leaseKeysOf } from '../../leases/lease-keys.ts';
import type { LeaseStore } from '../../leases/store.ts';
import { isFailure } from '../../model/findings/conflict.ts';
import type { HostState } from '../../model/host/host-state.ts';
import type { Port } from '../../model/ports/port.ts';
import type { Publish } from '../../model/ports/publish.ts';
import type { IsReplacedBy } from '../../planner/host-conflicts.ts';
import type { PlanOptions, PublishHistory } from '../../planner/options.ts';
import { type ProbedPlan, planAndProbe } from '../../planner/plan-and-probe.ts';
import type { Prober } from '../../planner/probe-publishes.ts';

/** The flags that select a project for leases. */
export interface ProjectFlags {
  /** Default: the working directory. */
  readonly projectDirectory?: string | undefined;
  /** Default: the name of the folder. */
  readonly projectName?: string | undefined;
}

/** Returns the owner of a project's leases. @throws PortplanError `invalid-input` when its folder does not exist */
export function leaseOwnerOf({ projectDirectory = '.', projectName }: ProjectFlags): LeaseOwner {
  const directory = realPathOf(resolve(projectDirectory));
  return { directory, project: projectName ?? (basename(directory) || 'root') };
}

/** Returns the owner of the leases of a loaded project. */
export function projectOwner({ directory, name }: ComposeProject): LeaseOwner {
  return leaseOwnerOf({ projectDirectory: directory, projectName: name });
}

/** The publishes to plan, their host, and the owner of their leases. */
export interface LeasedPlanRequest {
  /** All publishes of the planned services, in file order. */
  readonly publishes: readonly Publish[];
  /** The publishes that get a port; the others only get a pinned one. Default: all. */
  readonly isPlanned?: ((publish: Publish) => boolean) | undefined;
  readonly host: HostState;
  readonly planning: PlanOptions;
  readonly prober: Prober | undefined;
  readonly store: LeaseStore;
  readonly owner: LeaseOwner;
  /** The current services of the project; leases of removed services do not block ports. Default: unknown. */
  readonly services?: readonly string[] | undefined;
  /** Whether to save the plan as leases; otherwise leases are only read. */
  readonly save: boolean;
}

/** A plan, and notes on the leases. */
export interface LeasedPlan extends ProbedPlan {
  readonly notes: readonly string[];
}

/**
 * Plans ports, preferring this project's leases and avoiding all others. With `save`, holds the lease lock while planning,
 * so concurrent runs get different ports; a plan with conflicts is not saved.
 * @throws PortplanError `leases-unavailable`, with `save` only
 */
export async function planWithLeases(request: LeasedPlanRequest): Promise<LeasedPlan> {
  const { store, save } = request;
  const keys = leaseKeysOf(request.publishes, request.owner);
  if (!save) {
    const { leases, notes } = await readLeasesOrWarn(store);
    return { ...(await planAmong(leases, keys, request)), notes };
  }
  const { notes, result } = await store.update(async (before) => {
    const plan = await planAmong(before, keys, request);
    return { leases: saveLeases(before, keys, request.publishes, plan), plan };
  });
  return { ...result.plan, notes };
}

/** Returns the host state with leased ports as bindings. */
export function withLeaseBindings(host: HostState, leases: readonly Lease[]): HostState {
  return { ...host, bindings: [...host.bindings, ...toBindings(leases)] };
}

function realPathOf(directory: string): string {
  try {
    return realpathSync(directory);
  } catch (cause) {
    throw new PortplanError(
      'invalid-input',
      `invalid project directory ${directory}: ${messageOf(cause)}`,
      {
        cause,
      },
    );
  }
}

/** Returns the leases, or a note if they cannot be read: enough for a plan that is not saved. */
export async function readLeasesOrWarn(store: LeaseStore) {
  if (store.problem !== undefined) {
    return { leases: [], notes: [`leases ignored: ${store.problem}`] };
  }
  const state = await store.read().catch(asPortplanError);
  return state instanceof PortplanError
    ? { leases: [], notes: [`leases ignored: ${state.message}`] }
    : state;
}

async function planAmong(
  leases: readonly Lease[],
  keys: readonly LeaseKey[],
  { publishes, isPlanned = () => true, host, planning, prober, owner, services }: LeasedPlanRequest,
): Promise<ProbedPlan> {
  const leaseOf = indexLeases(leases);
  const leaseOfPublish = new Map(
    publishes.flatMap((publish, index) => {
      const key = keys[index];
      const lease = key && leaseOf(key);
      return lease === undefined ? [] : [[publish, lease] as const];
    }),
  );
  const currentPortOf = createCurrentPortOf(host, planning.isReplacedBy);
  const isOwnService = createServiceSet(keys.filter(({ service }) => service !== ''));
  const isKey = createKeySet(keys);
  const isRemovedService = ({ directory, project, service }: LeaseKey) =>
    directory === owner.directory &&
    project === owner.project &&
    services?.includes(service) === false;
  const others = leases.filter(
    (lease) => !isKey(lease) && !isOwnService(lease) && !isRemovedService(lease),
  );
  const historyOf = (publish: Publish) =>
    toHistory(publish, leaseOfPublish.get(publish), currentPortOf(publish));
  return await planAndProbe(
    publishes.filter((publish) => isPlanned(publish) || leaseOfPublish.get(publish)?.pinned),
    withLeaseBindings(host, others),
    { ...planning, historyOf },
    prober,
  );
}

/** Former leases of the same services do not block them after a change of their file. */
function createServiceSet(keys: readonly LeaseKey[]): (lease: Lease) => boolean {
  const textOf = ({ directory, project, service }: LeaseKey) =>
    JSON.stringify([directory, project, service]);
  const services = new Set(keys.map(textOf));
  return (lease) => services.has(textOf(lease));
}

/** Returns the host port that a running container of the same service has for a publish. */
function createCurrentPortOf({ bindings }: HostState, isReplacedBy: IsReplacedBy | undefined) {
  const containers =
    isReplacedBy === undefined ? [] : bindings.filter(({ holder }) => holder.kind === 'container');
  return (publish: Publish): Port | undefined =>
    containers.find(
      (binding) =>
        binding.target === publish.target &&
        binding.protocol === publish.protocol &&
        isReplacedBy?.(binding, publish),
    )?.port;
}

/** A moved port is kept while the file requests the same port as before; a changed request is planned again. */
function toHistory(
  publish: Publish,
  lease: Lease | undefined,
  currentPort: Port | undefined,
): PublishHistory {
  const isSameRequest = lease !== undefined && lease.requestedPort === requestedPortOf(publish);
  return {
    pinned: lease?.pinned ? lease.port : undefined,
    current: isSameRequest && currentPort === lease.port ? currentPort : undefined,
    previous: [
      ...(lease === undefined ? [] : [{ port: lease.port, why: 'leased' } as const]),
      ...(currentPort === undefined
        ? []
        : [{ port: currentPort, why: 'in use by itself' } as const]),
    ],
  };
}

function requestedPortOf({ hostPorts }: Publish): Port | undefined {
  return hostPorts?.first;
}

function saveLeases(
  leases: readonly Lease[],
  keys: readonly LeaseKey[],
  publishes: readonly Publish[],
  { plan }: ProbedPlan,
): readonly Lease[] {
  if (plan.conflicts.some(isFailure)) return leases;
  const ports = new Map(plan.assignments.map(({ publish, port }) => [publish, port]));
  const grants = publishes.flatMap((publish, index) => {
    const [key, port] = [keys[index], ports.get(publish)];
    return key === undefined || port === undefined
      ? []
      : [{ key, port, requestedPort: requestedPortOf(publish) }];
  });
  return grants.length === 0 ? leases : withLeases(leases, grants, new Date());
}
