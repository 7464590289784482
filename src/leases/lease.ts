import type { Binding } from '../model/host/binding.ts';
import { addressesOverlap, type HostAddress } from '../model/ports/address.ts';
import type { Port, Protocol } from '../model/ports/port.ts';

/** What a port is remembered for: one published port of one container of one checkout of a project. */
export interface LeaseKey {
  /** The project's folder: absolute, without symbolic links. */
  readonly directory: string;
  readonly project: string;
  /** The compose service, or the image; empty for a publish that was named alone. */
  readonly service: string;
  /** The container's port, 0 to 65535. */
  readonly target: number;
  readonly protocol: Protocol;
  /** The host address. */
  readonly address: HostAddress;
  /** Which of the service's entries that are alike in all of the above, from 1. */
  readonly entry: number;
  /** Which container of the service, from 1. */
  readonly replica: number;
}

/** A host port that is kept for one publish of one project. */
export interface Lease extends LeaseKey {
  readonly port: Port;
  /** The port that was asked for when this one was given; absent where none was, or nobody noted it. */
  readonly requestedPort?: Port | undefined;
  /** Chosen by hand: the publish has this port or none, and no clean-up takes it for unused. */
  readonly pinned: boolean;
  /** When this port was first given to the key, and when a plan last used it; ISO 8601, UTC, milliseconds. */
  readonly createdAt: string;
  readonly usedAt: string;
}

/** The lease of a key, if it has one. For many keys, {@link indexLeases}. */
export function findLease(leases: readonly Lease[], key: LeaseKey): Lease | undefined {
  const text = keyText(key);
  return leases.find((lease) => keyText(lease) === text);
}

/** Looks leases up by key in constant time. */
export function indexLeases(leases: readonly Lease[]): (key: LeaseKey) => Lease | undefined {
  const index = new Map<string, Lease>();
  for (const lease of leases) {
    const text = keyText(lease);
    if (!index.has(text)) index.set(text, lease);
  }
  return (key) => index.get(keyText(key));
}

/** A port for a key, as of now. */
export interface Grant {
  readonly key: LeaseKey;
  readonly port: Port;
  readonly requestedPort?: Port | undefined;
  /** Default: as it was. */
  readonly pinned?: boolean | undefined;
}

/** The leases with one more: the key's lease is made, renewed, or moved to the other port. */
export function withLease(leases: readonly Lease[], grant: Grant, now: Date): readonly Lease[] {
  return withLeases(leases, [grant], now);
}

/** As {@link withLease}, for a whole plan; costs one pass over the leases. */
export function withLeases(
  leases: readonly Lease[],
  grants: readonly Grant[],
  now: Date,
): readonly Lease[] {
  const find = indexLeases(leases);
  const granted = new Map(
    grants.map((grant) => [keyText(grant.key), toLease(grant, find(grant.key), now)]),
  );
  const kept = leases.filter((lease) => !granted.has(keyText(lease)));
  return [...kept, ...granted.values()];
}

/** Whether both keep the same host port, so that only one of them can be up. */
export function leasesOverlap(one: Lease, other: Lease): boolean {
  return (
    one.port === other.port &&
    one.protocol === other.protocol &&
    addressesOverlap(one.address, other.address)
  );
}

/** Tells in constant time whether a key is one of these. */
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

/** What leases keep, as bindings that nobody holds now: so the planner goes around them. */
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
