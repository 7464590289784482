import { expect, test } from '@jest/globals';
import { portplan } from '../../rig/portplan.ts';
import { holdSocket } from '../../rig/sockets.ts';

/** Enough for probes of one port to overlap: without the probe lock a fifth of these runs report a conflict. */
const runs = 60;
const env = { DOCKER_HOST: undefined };

async function checkAtOnce(port: number): Promise<readonly (number | null)[]> {
  const results = await Promise.all(
    Array.from({ length: runs }, () => portplan(['check', `${port}`], { env, timeoutMs: 90_000 })),
  );
  return results.map(({ code }) => code);
}

test('concurrent checks do not report each other as the holder of a port', async () => {
  const codes = await checkAtOnce(28_437);
  expect(codes).toEqual(Array.from({ length: runs }, () => 0));
}, 120_000);

test('concurrent checks all find a real holder', async () => {
  await using held = await holdSocket({
    address: '127.0.0.1',
    port: 28_438,
    protocol: 'tcp',
    state: 'listen',
  });
  const codes = await checkAtOnce(held.port);
  expect(codes).toEqual(Array.from({ length: runs }, () => 1));
}, 120_000);
