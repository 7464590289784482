import { expect, test } from '@jest/globals';
import { withLivenessCheck } from '../../../src/engine/client/liveness.ts';
import type { Engine } from '../../../src/engine/open-engine.ts';

const engine = { client: { ping: async () => ({}) } } as unknown as Engine;
const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;

test.each([
  ['aborted before it starts', AbortSignal.abort(new Error('enough'))],
  ['never aborted', new AbortController().signal],
])('no timer keeps the process alive after work that is %s', async (_name, signal) => {
  const before = timers();
  const work = withLivenessCheck(engine, signal, async () => signal.throwIfAborted());
  await work.catch(() => {});

  expect(timers()).toBe(before);
});
