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

/** Which project a folder stands for, as leases know it. */
export interface ProjectFlags {
  /** Default: the working directory. */
  readonly projectDirectory?: string | undefined;
  /** Default: the name of the folder. */
  readonly projectName?: string | undefined;
}

/** The project that leases are for. @throws PortplanError `invalid-input` when its folder is not there */
export function leaseOwnerOf({ projectDirectory = '.', projectName }: ProjectFlags): LeaseOwner {
  const directory = realPathOf(resolve(projectDirectory));
  return { directory, project: projectName ?? (basename(directory) || 'root') };
}

/** The checkout of a project, as leases know it. */
export function projectOwner({ directory, name }: ComposeProject): LeaseOwner {
  return leaseOwnerOf({ projectDirectory: directory, projectName: name });
}

/** What is planned, where, and for whom. */
export interface LeasedPlanRequest {
  /** All publishes of the services that are planned, in the order of their files. */
  readonly publishes: readonly Publish[];
  /** Those that get a port; the others do only when one is pinned for them. Default: all. */
  readonly isPlanned?: ((publish: Publish) => boolean) | undefined;
  readonly host: HostState;
  readonly planning: PlanOptions;
  readonly prober: Prober | undefined;
  readonly store: LeaseStore;
  readonly owner: LeaseOwner;
  /** The services that the project has; what it planned for others, which it had once, is not kept. Default: unknown. */
  readonly services?: readonly string[] | undefined;
  /** Whether what is planned is remembered from now on; else leases are only kept to. */
  readonly save: boolean;
}

/** A plan, and what is to be said about the leases. */
export interface LeasedPlan extends ProbedPlan {
  readonly notes: readonly string[];
}

/**
 * Plans with what was planned before: the publishes keep their leased ports, and what is leased to others is left alone.
 * With `keep` nobody else plans with `keep` meanwhile, so that those who ask at once get different ports; a plan that
 * fails is not remembered.
 * @throws PortplanError `leases-unavailable`, with `keep` only
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

/** The host with what leases keep. */
export function withLeaseBindings(host: HostState, leases: readonly Lease[]): HostState {
  return { ...host, bindings: [...host.bindings, ...toBindings(leases)] };
}

function realPathOf(directory: string): string {
  try {
    return realpathSync(directory);
  } catch (cause) {
    throw new PortplanError('invalid-input', `${directory} is no folder: ${messageOf(cause)}`, {
      cause,
    });
  }
}

/** Where nothing is to be remembered, leases that cannot be read are worth a note and no more. */
export async function readLeasesOrWarn(store: LeaseStore) {
  if (store.problem !== undefined) {
    return { leases: [], notes: [`leases are not used: ${store.problem}`] };
  }
  const state = await store.read().catch(asPortplanError);
  return state instanceof PortplanError
    ? { leases: [], notes: [`leases are not used: ${state.message}`] }
    : state;
}

async function planAmong(
  leases: readonly Lease[],
  keys: readonly LeaseKey[],
  { publishes, isPlanned = () => true, host, planning, prober, owner, services }: LeasedPlanRequest,
): Promise<ProbedPlan> {
  const leaseOf = indexLeases(leases);
  const own = new Map(
    publishes.flatMap((publish, index) => {
      const key = keys[index];
      const lease = key && leaseOf(key);
      return lease === undefined ? [] : [[publish, lease] as const];
    }),
  );
  const holds = ownPorts(host, planning.isReplacedBy);
  const isOwnService = createServiceSet(keys.filter(({ service }) => service !== ''));
  const isKey = createKeySet(keys);
  const isGone = ({ directory, project, service }: LeaseKey) =>
    directory === owner.directory &&
    project === owner.project &&
    services?.includes(service) === false;
  const others = leases.filter((lease) => !isKey(lease) && !isOwnService(lease) && !isGone(lease));
  const historyOf = (publish: Publish) => toHistory(publish, own.get(publish), holds(publish));
  return await planAndProbe(
    publishes.filter((publish) => isPlanned(publish) || own.get(publish)?.pinned),
    withLeaseBindings(host, others),
    { ...planning, historyOf },
    prober,
  );
}

/** What a service was planned for before its file was changed does not stand in its way. */
function createServiceSet(keys: readonly LeaseKey[]): (lease: Lease) => boolean {
  const textOf = ({ directory, project, service }: LeaseKey) =>
    JSON.stringify([directory, project, service]);
  const services = new Set(keys.map(textOf));
  return (lease) => services.has(textOf(lease));
}

/** The port that the container of a publish's own service has for it now. */
function ownPorts({ bindings }: HostState, isOwn: IsReplacedBy | undefined) {
  const containers =
    isOwn === undefined ? [] : bindings.filter(({ holder }) => holder.kind === 'container');
  return (publish: Publish): Port | undefined =>
    containers.find(
      (binding) =>
        binding.target === publish.target &&
        binding.protocol === publish.protocol &&
        isOwn?.(binding, publish),
    )?.port;
}

/** A port that was moved is kept while the file asks for the same one as then; a new wish is a new plan. */
function toHistory(
  publish: Publish,
  lease: Lease | undefined,
  held: Port | undefined,
): PublishHistory {
  const isSameWish = lease !== undefined && lease.requestedPort === requestedPortOf(publish);
  return {
    pinned: lease?.pinned ? lease.port : undefined,
    current: isSameWish && held === lease.port ? held : undefined,
    previous: [
      ...(lease === undefined ? [] : [{ port: lease.port, why: 'leased' } as const]),
      ...(held === undefined ? [] : [{ port: held, why: 'in use by itself' } as const]),
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
