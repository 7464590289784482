import type { Binding } from '../model/host/binding.ts';
import { addressesOverlap, type HostAddress } from '../model/ports/address.ts';
import type { Port, Protocol } from '../model/ports/port.ts';

/** Identifies a lease: one published port of one container of one checkout of a project. */
export interface LeaseKey {
  /** The project's folder: absolute, without symbolic links. */
  readonly directory: string;
  readonly project: string;
  /** The Compose service, or the image; empty for a publish given as an argument. */
  readonly service: string;
  /** The container's port, 0 to 65535. */
  readonly target: number;
  readonly protocol: Protocol;
  /** The host address. */
  readonly address: HostAddress;
  /** Index from 1 among the service's entries that are equal in all fields above. */
  readonly entry: number;
  /** Index of the container of the service, from 1. */
  readonly replica: number;
}

/** A host port reserved for one publish of one project. */
export interface Lease extends LeaseKey {
  readonly port: Port;
  /** The port that was requested when this one was assigned; `undefined` if none was or it was not recorded. */
  readonly requestedPort?: Port | undefined;
  /** Pinned by the user: the publish gets this port or none, and `gc` never removes it. */
  readonly pinned: boolean;
  /** First assignment of this port to the key, and last use by a plan; ISO 8601, UTC, ms. */
  readonly createdAt: string;
  readonly usedAt: string;
}

/** Returns the lease of a key, or `undefined`. For many keys, use {@link indexLeases}. */
export function findLease(leases: readonly Lease[], key: LeaseKey): Lease | undefined {
  const text = keyText(key);
  return leases.find((lease) => keyText(lease) === text);
}

/** Returns a lookup of leases by key, in constant time. */
export function indexLeases(leases: readonly Lease[]): (key: LeaseKey) => Lease | undefined {
  const index = new Map<string, Lease>();
  for (const lease of leases) {
    const text = keyText(lease);
    if (!index.has(text)) index.set(text, lease);
  }
  return (key) => index.get(keyText(key));
}

/** A port to assign to a key. */
export interface Grant {
  readonly key: LeaseKey;
  readonly port: Port;
  readonly requestedPort?: Port | undefined;
  /** Default: unchanged. */
  readonly pinned?: boolean | undefined;
}

/** Returns the leases with the key's lease added, renewed or changed to the other port. */
export function withLease(leases: readonly Lease[], grant: Grant, now: Date): readonly Lease[] {
  return withLeases(leases, [grant], now);
}

/** Like {@link withLease} for a whole plan, in one pass over the leases. */
export function withLeases(
  leases: readonly Lease[],
  grants: readonly Grant[],
  now: Date,
): readonly Lease[] {
  const find = indexLeases(leases);
  const granted = new Map(
    grants.map((grant) => [keyText(grant.key), toLease(grant, find(grant.key), now)]),
  );
  const unchanged = leases.filter((lease) => !granted.has(keyText(lease)));
  return [...unchanged, ...granted.values()];
}

/** Returns whether both leases reserve the same host port. */
export function leasesOverlap(one: Lease, other: Lease): boolean {
  return (
    one.port === other.port &&
    one.protocol === other.protocol &&
    addressesOverlap(one.address, other.address)
  );
}

/** Returns a test of whether a key is one of `keys`, in constant time. */
export function createKeySet(keys: readonly LeaseKey[]): (key: LeaseKey) => boolean {
  const texts = new Set(keys.map(keyText));
  return (key) => texts.has(keyText(key));
}

function toLease(
  { key, port, requestedPort, pinned }: Grant,
  before: Lease | undefined,
  now: Date,
): Lease {
  const { directory, project, service, target, protocol, address, entry, replica } = key;
  const usedAt = now.toISOString();
  return {
    ...{ directory, project, service, target, protocol, address, entry, replica, port },
    ...(requestedPort !== undefined && { requestedPort }),
    pinned: pinned ?? before?.pinned ?? false,
    createdAt: before?.port === port ? before.createdAt : usedAt,
    usedAt,
  };
}

function keyText(key: LeaseKey): string {
  const { directory, project, service, target, protocol, address, entry, replica } = key;
  return JSON.stringify([directory, project, service, target, protocol, address, entry, replica]);
}

/** Returns leases as `claimed` bindings, so that the planner avoids them. */
export function toBindings(leases: readonly Lease[]): readonly Binding[] {
  return leases.map(toLeaseBinding);
}

function toLeaseBinding({ directory, project, service, address, port, protocol }: Lease): Binding {
  return {
    ...{ address, port, protocol },
    holder: { kind: 'lease', project, directory, service },
    state: 'claimed',
  };
}
