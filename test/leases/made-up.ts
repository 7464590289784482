import type { Lease, LeaseKey } from '../../src/leases/lease.ts';
import { anyAddress } from '../../src/model/ports/address.ts';
import { toPort } from '../../src/model/ports/port.ts';

export const someKey: LeaseKey = {
  directory: '/srv/shop',
  project: 'shop',
  service: 'web',
  target: 80,
  protocol: 'tcp',
  address: anyAddress,
  entry: 1,
  replica: 1,
};

export const someDay = '2026-11-23T09:14:05.678Z';

/** A lease of web, port 80, of /srv/shop, but for what is named. */
export function someLease(port: number, changes: Partial<Lease> = {}): Lease {
  return {
    ...someKey,
    port: toPort(port),
    pinned: false,
    createdAt: someDay,
    usedAt: someDay,
    ...changes,
  };
}
