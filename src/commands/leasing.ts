import { realpathSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { messageOf, PortplanError } from '../errors.ts';
import { claimsOf } from '../leases/claims.ts';
import { indexLeases, type Lease, type LeaseKey, withLeases } from '../leases/lease.ts';
import { type LeaseOwner, leaseKeysOf } from '../leases/lease-keys.ts';
import type { LeaseStore } from '../leases/store.ts';
import { isFailure } from '../model/conflict.ts';
import type { HostState } from '../model/host.ts';
import type { Publish } from '../model/publish.ts';
import type { Look } from '../planner/confirm.ts';
import { type ConfirmedPlan, planConfirmed } from '../planner/plan-confirmed.ts';
import type { PlanOptions } from '../planner/plan-ports.ts';

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

/** What is planned, where, and for whom. */
export interface RememberedRequest {
  /** All publishes of the project that are planned, in the order of its files. */
  readonly publishes: readonly Publish[];
  readonly host: HostState;
  readonly planning: PlanOptions;
  readonly look: Look | undefined;
  readonly store: LeaseStore;
  readonly owner: LeaseOwner;
  /** Whether what is planned is remembered from now on; else leases are only kept to. */
  readonly keep: boolean;
}

/** A plan, and what is to be said about the leases. */
export interface RememberedPlan extends ConfirmedPlan {
  readonly notes: readonly string[];
}

/**
 * Plans with what was planned before: the publishes keep their leased ports, and what is leased to others is left alone.
 * With `keep` nobody else plans with `keep` meanwhile, so that those who ask at once get different ports; a plan that
 * fails is not remembered.
 * @throws PortplanError `leases-unavailable`, with `keep` only
 */
export async function planRemembered(request: RememberedRequest): Promise<RememberedPlan> {
  const { store, keep } = request;
  const keys = leaseKeysOf(request.publishes, request.owner);
  if (!keep) {
    const { leases, notes } = await readIfPossible(store);
    return { ...(await planAmong(leases, keys, request)), notes };
  }
  let confirmed: ConfirmedPlan | undefined;
  const { notes } = await store.update(async (leases) => {
    confirmed = await planAmong(leases, keys, request);
    return rememberPlan(leases, keys, request.publishes, confirmed);
  });
  // The store has called it: it resolves with nothing else.
  return { ...(confirmed as ConfirmedPlan), notes };
}

/** The host with what leases keep for others than these keys. */
export function withClaims(
  host: HostState,
  leases: readonly Lease[],
  except: readonly LeaseKey[] = [],
): HostState {
  return { ...host, bindings: [...host.bindings, ...claimsOf(leases, except)] };
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
export async function readIfPossible(store: LeaseStore) {
  try {
    return await store.read();
  } catch (error) {
    if (!(error instanceof PortplanError)) throw error;
    return { leases: [], notes: [`leases are not looked at: ${error.message}`] };
  }
}

async function planAmong(
  leases: readonly Lease[],
  keys: readonly LeaseKey[],
  { publishes, host, planning, look }: RememberedRequest,
): Promise<ConfirmedPlan> {
  const leaseOf = indexLeases(leases);
  const own = new Map(
    publishes.flatMap((publish, index) => {
      const key = keys[index];
      const lease = key && leaseOf(key);
      return lease === undefined ? [] : [[publish, lease] as const];
    }),
  );
  const options: PlanOptions = {
    ...planning,
    leasedPort: (publish) => own.get(publish)?.port,
    pinnedPort: (publish) => {
      const lease = own.get(publish);
      return lease?.pinned ? lease.port : undefined;
    },
  };
  return await planConfirmed(publishes, withClaims(host, leases, keys), options, look);
}

function rememberPlan(
  leases: readonly Lease[],
  keys: readonly LeaseKey[],
  publishes: readonly Publish[],
  { plan }: ConfirmedPlan,
): readonly Lease[] {
  if (plan.conflicts.some(isFailure)) return leases;
  const ports = new Map(plan.assignments.map(({ publish, port }) => [publish, port]));
  const grants = publishes.flatMap((publish, index) => {
    const [key, port] = [keys[index], ports.get(publish)];
    return key === undefined || port === undefined ? [] : [{ key, port }];
  });
  return grants.length === 0 ? leases : withLeases(leases, grants, new Date());
}
