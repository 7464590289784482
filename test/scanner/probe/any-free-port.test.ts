import { afterEach, expect, test } from '@jest/globals';
import { clearLockedPorts } from 'get-port';
import { loopback } from '../../../src/model/ports/address.ts';
import { toPort } from '../../../src/model/ports/port.ts';
import { anyFreePort } from '../../../src/scanner/probe/any-free-port.ts';
import { holdSockets } from '../sockets/holders.ts';

afterEach(clearLockedPorts);

test('returns the first free candidate', async () => {
  await using holder = await holdSockets([
    { protocol: 'tcp', host: '127.0.0.1' },
    { protocol: 'tcp', host: '127.0.0.1' },
  ]);
  const [taken = 0, released = 0] = holder.ports;
  await holder[Symbol.asyncDispose]();
  await using again = await holdSockets([{ protocol: 'tcp', host: '127.0.0.1', port: taken }]);
  expect(again.ports).toEqual([taken]);
  const candidates = [toPort(taken), toPort(released)];
  expect(await anyFreePort({ candidates })).toEqual({ port: released, isCandidate: true });
});

test('returns a port of the system if no candidate is free, and reports that', async () => {
  await using holder = await holdSockets([{ protocol: 'tcp', host: '127.0.0.1' }]);
  const candidates = [toPort(holder.ports[0] ?? 0)];
  const { port, isCandidate } = await anyFreePort({ candidates });
  expect(port).not.toBe(holder.ports[0]);
  expect(isCandidate).toBe(false);
});

test('returns different ports for many calls in a row', async () => {
  const found = [];
  for (let index = 0; index < 20; index += 1)
    found.push((await anyFreePort({ address: loopback })).port);
  expect(new Set(found).size).toBe(20);
});

test('never returns an excluded port', async () => {
  const { port } = await anyFreePort({ address: loopback });
  clearLockedPorts();
  const next = await anyFreePort({ address: loopback, candidates: [port], exclude: [port] });
  expect(next.port).not.toBe(port);
});

test.each(['darwin', 'win32'] as const)(
  'on %s is looked for on loopback alone',
  async (platform) => {
    await using holder = await holdSockets([{ protocol: 'tcp', host: '127.0.0.2' }]).catch(
      () => undefined,
    );
    const candidates = holder?.ports.map(toPort) ?? [];
    // A wildcard listener would have found 127.0.0.2 in the way.
    if (holder)
      expect(await anyFreePort({ candidates, platform })).toMatchObject({ isCandidate: true });
  },
);
