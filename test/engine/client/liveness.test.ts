import { expect, test } from '@jest/globals';
import { withLivenessCheck } from '../../../src/engine/client/liveness.ts';
import type { Engine } from '../../../src/engine/open-engine.ts';

const engine = { client: { ping: async () => ({}) } } as unknown as Engine;
const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;

test.each([
  ['before', AbortSignal.abort(new Error('enough'))],
  ['never', new AbortController().signal],
])('nothing keeps the program alive after work that was given up %s', async (_when, signal) => {
  const before = timers();
  const work = withLivenessCheck(engine, signal, async () => signal.throwIfAborted());
  await work.catch(() => {});

  expect(timers()).toBe(before);
});
