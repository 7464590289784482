import { describe, expect, test } from '@jest/globals';
import {
  findLease,
  type LeaseKey,
  leasesOverlap,
  toBindings,
  withLease,
  withLeases,
} from '../../src/leases/lease.ts';
import { leaseKeysOf } from '../../src/leases/lease-keys.ts';
import { findStale } from '../../src/leases/stale.ts';
import { loopback, toHostAddress } from '../../src/model/ports/address.ts';
import { parsePublish } from '../../src/model/ports/parse-publish.ts';
import { toPort } from '../../src/model/ports/port.ts';
import { someDay, someKey, someLease } from './made-up.ts';

const later = new Date('2026-12-01T00:00:00.000Z');

describe('a lease belongs to its whole key', () => {
  const others: readonly (readonly [string, Partial<LeaseKey>])[] = [
    ['another checkout', { directory: '/srv/shop2' }],
    ['another project of the folder', { project: 'shop-test' }],
    ['another service', { service: 'api' }],
    ['another container port', { target: 81 }],
    ['another protocol', { protocol: 'udp' }],
    ['another address', { address: loopback }],
    ['the second entry', { entry: 2 }],
    ['the second replica', { replica: 2 }],
  ];
  test.each(others)('not to %s', (_name, changes) => {
    const key = { ...someKey, ...changes };
    expect(findLease([someLease(8080)], key)).toBeUndefined();
    const leases = withLease([someLease(8080)], { key, port: toPort(9000) }, later);
    expect(findLease(leases, someKey)?.port).toBe(8080);
    expect(findLease(leases, key)?.port).toBe(9000);
  });

  test('texts cannot be shifted from one part of the key to the next', () => {
    const one = { ...someKey, project: 'a","b', service: 'c' };
    const other = { ...someKey, project: 'a', service: 'b","c' };
    expect(findLease([{ ...someLease(8080), ...one }], other)).toBeUndefined();
  });
});

describe('giving a port to a key', () => {
  test('made: from now on', () => {
    const [made, ...rest] = withLease([], { key: someKey, port: toPort(8080) }, later);
    expect(rest).toEqual([]);
    expect(made).toEqual(
      someLease(8080, { createdAt: later.toISOString(), usedAt: later.toISOString() }),
    );
  });

  test('renewed: as old as before, and as pinned', () => {
    const before = [someLease(8080, { pinned: true }), someLease(9000, { service: 'api' })];
    const after = withLease(before, { key: someKey, port: toPort(8080) }, later);
    expect(findLease(after, someKey)).toEqual({ ...before[0], usedAt: later.toISOString() });
    expect(after).toHaveLength(2);
  });

  test('moved: the old port is not kept', () => {
    const after = withLease([someLease(8080)], { key: someKey, port: toPort(8081) }, later);
    expect(after.map(({ port, createdAt }) => [port, createdAt])).toEqual([
      [8081, later.toISOString()],
    ]);
  });

  test('what is beside the key is not taken over', () => {
    const key = { ...someKey, extra: 'x' };
    const [made] = withLeases([], [{ key, port: toPort(8080) }], later);
    expect(made).not.toHaveProperty('extra');
  });
});

test.each([
  ['the same port', {}, true],
  ['one address inside all', { address: loopback }, true],
  ['the other protocol', { protocol: 'udp' }, false],
  ['another port', { port: toPort(8081) }, false],
] as const)('two leases of %s overlap: %s', (_name, changes, expected) => {
  expect(leasesOverlap(someLease(8080), someLease(8080, { service: 'api', ...changes }))).toBe(
    expected,
  );
});

test('two addresses of one host do not overlap', () => {
  const [one, other] = [toHostAddress('127.0.0.1'), toHostAddress('127.0.0.2')];
  expect(
    leasesOverlap(someLease(8080, { address: one }), someLease(8080, { address: other })),
  ).toBe(false);
});

test('leases are claims', () => {
  expect(toBindings([someLease(5432, { service: 'db' })])).toEqual([
    {
      address: '*',
      port: 5432,
      protocol: 'tcp',
      state: 'claimed',
      holder: { kind: 'lease', project: 'shop', directory: '/srv/shop', service: 'db' },
    },
  ]);
});

test('publishes that are alike are told apart by their order', () => {
  const publishes = ['8080:80', '8081:80', '127.0.0.1:8082:80', '8080:80/udp', '8083:81'].flatMap(
    (text) => parsePublish(text),
  );
  const keys = leaseKeysOf(publishes, { directory: '/srv/shop', project: 'shop' });
  expect(keys.map(({ entry }) => entry)).toEqual([1, 2, 1, 1, 1]);
  expect(new Set(keys.map((key) => JSON.stringify(key))).size).toBe(5);
});

test.each([
  ['in use', {}, 'gone: no', undefined],
  ['folder gone', {}, 'gone: yes', 'directory-gone'],
  ['unused for long', { usedAt: '2026-08-01T00:00:00.000Z' }, 'gone: no', 'unused'],
  ['unused for 89 days', { usedAt: '2026-09-03T00:00:00.000Z' }, 'gone: no', undefined],
  ['pinned, unused', { usedAt: '2020-01-01T00:00:00.000Z', pinned: true }, 'gone: no', undefined],
  ['pinned, folder gone', { pinned: true }, 'gone: yes', 'directory-gone'],
] as const)('stale: %s', (_name, changes, gone, why) => {
  const found = findStale([someLease(8080, changes)], later, () => gone === 'gone: no');
  expect(found.map((stale) => stale.why)).toEqual(why === undefined ? [] : [why]);
  expect(someDay < later.toISOString()).toBe(true);
});
