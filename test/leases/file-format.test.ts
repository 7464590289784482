import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { maxLeases, parseLeases, serializeLeases } from '../../src/leases/file-format.ts';
import { type Lease, withLeases } from '../../src/leases/lease.ts';
import { toHostAddress } from '../../src/model/ports/address.ts';
import { protocols, toPort } from '../../src/model/ports/port.ts';
import { someLease } from './made-up.ts';

const anyLease: fc.Arbitrary<Lease> = fc.record({
  directory: fc.string({ unit: 'binary' }),
  project: fc.string({ unit: 'binary' }),
  service: fc.string({ unit: 'binary' }),
  target: fc.integer({ min: 0, max: 65535 }),
  protocol: fc.constantFrom(...protocols),
  address: fc.constantFrom('', '127.0.0.1', '::1', '0.0.0.0').map(toHostAddress),
  entry: fc.integer({ min: 1 }),
  replica: fc.integer({ min: 1 }),
  port: fc.integer({ min: 1, max: 65535 }).map(toPort),
  pinned: fc.boolean(),
  createdAt: fc.date({ noInvalidDate: true, min: new Date(0) }).map((date) => date.toISOString()),
  usedAt: fc.constant('2026-11-23T09:14:05.678Z'),
});

test('what is written is read back, whatever the names are', () => {
  fc.assert(
    fc.property(fc.array(anyLease, { maxLength: 5 }), (leases) => {
      const text = serializeLeases(leases);
      expect(parseLeases(text)).toEqual({ kind: 'read', leases, faults: [] });
    }),
  );
});

test('no text makes the reader throw', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      expect(parseLeases(text).kind).toMatch(/read|newer/);
    }),
  );
});

test.each([
  ['nothing at all', '', 'not a JSON object'],
  ['half of a file', serializeLeases([someLease(8080)]).slice(0, 90), 'not a JSON object'],
  ['zeros, as after a power failure', '\0'.repeat(500), 'not a JSON object'],
  ['another document', '[]', 'not a JSON object'],
  ['no version', '{"leases":[]}', 'no version'],
  ['version 0', '{"version":0,"leases":[]}', 'no version'],
  ['no list', '{"version":1,"leases":{}}', 'no list'],
  ['too long a list', `{"version":1,"leases":[${'0,'.repeat(maxLeases)}0]}`, 'too many leases'],
  ['deep nesting', '['.repeat(200_000), 'not a JSON object'],
])('damaged: %s', (_name, text, fault) => {
  const parsed = parseLeases(text);
  expect(parsed).toMatchObject({ kind: 'read', leases: [] });
  expect(parsed.kind === 'read' && parsed.faults.join()).toContain(fault);
});

describe('one damaged lease among others', () => {
  test.each([
    ['no object', 7],
    ['null', null],
    ['no directory', { directory: undefined }],
    ['a number as project', { project: 7 }],
    ['a very long service', { service: 'x'.repeat(513) }],
    ['a very long directory', { directory: `/${'x'.repeat(4096)}` }],
    ['a target beyond the last port', { target: 65_536 }],
    ['half a target', { target: 80.5 }],
    ['an unknown protocol', { protocol: 'TCP' }],
    ['an address that is none', { hostIp: 'localhost' }],
    ['entry 0', { entry: 0 }],
    ['port 0', { port: 0 }],
    ['a port as text', { port: '8080' }],
    ['pinned as text', { pinned: 'no' }],
    ['no time', { createdAt: 'yesterday' }],
    ['a time with markup', { usedAt: '2026-11-23' }],
  ])('%s', (_name, changes) => {
    const file = JSON.parse(serializeLeases([someLease(8080), someLease(9000)]));
    const [first, second] = file.leases;
    const broken =
      typeof changes === 'object' && changes !== null ? { ...first, ...changes } : changes;
    const parsed = parseLeases(JSON.stringify({ version: 1, leases: [broken, second] }));
    expect(parsed).toMatchObject({ kind: 'read', leases: [{ port: 9000 }] });
    expect(parsed.kind === 'read' && parsed.faults).toEqual([expect.stringMatching(/^lease 1: /)]);
  });

  test('thousands of faults are told in a few words', () => {
    const text = JSON.stringify({ version: 1, leases: Array.from({ length: 5000 }, () => 0) });
    const parsed = parseLeases(text);
    expect(parsed.kind === 'read' && parsed.faults).toHaveLength(4);
    expect(parsed.kind === 'read' && parsed.faults.at(-1)).toBe('and 4997 more');
  });
});

test('a newer format is known as such', () => {
  expect(parseLeases('{"version":2,"ports":"in some other way"}')).toEqual({
    kind: 'newer',
    version: 2,
  });
});

test('names of the prototype are only names', () => {
  const text = serializeLeases([someLease(8080, { project: '__proto__', service: 'constructor' })]);
  expect(parseLeases(text)).toMatchObject({ leases: [{ project: '__proto__' }] });
});

test('what could not be read back is not written', () => {
  const many = Array.from({ length: maxLeases + 1 }, (_, entry) => ({
    key: { ...someLease(1), entry: entry + 1 },
    port: toPort(8080),
  }));
  expect(() => serializeLeases(withLeases([], many, new Date()))).toThrow(/cannot store/);
  expect(() => serializeLeases([someLease(1, { service: 'x'.repeat(513) })])).toThrow(/513/);
  const long = someLease(1, { directory: `/${'x'.repeat(4000)}` });
  expect(() => serializeLeases(Array.from({ length: 5000 }, () => long))).toThrow(/long names/);
});
