import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { createDeadline } from '../../../src/engine/client/deadline.ts';

const limitMs = 100;
const toError = () => new Error('too slow');

test('a call to an unresponsive engine ends at its deadline', async () => {
  const deadline = createDeadline({ limitMs, toError, isAlive: () => new Promise(() => {}) });
  const started = performance.now();
  await expect(deadline.failure).rejects.toThrow('too slow');
  deadline.clear();
  expect(performance.now() - started).toBeGreaterThan(limitMs - 5);
  expect(deadline.signal.aborted).toBe(true);
  expect(deadline.reason()).toEqual(new Error('too slow'));
});

test('the deadline of a busy engine is extended five times', async () => {
  let checks = 0;
  const isAlive = async () => {
    checks += 1;
  };
  const deadline = createDeadline({ limitMs: 20, toError, isAlive });
  const started = performance.now();
  await expect(deadline.failure).rejects.toThrow('too slow');
  deadline.clear();
  expect(checks).toBe(6);
  expect(performance.now() - started).toBeGreaterThan(6 * 20 - 10);
});

test('an aborted call ends at once with the reason of the abort', async () => {
  const outer = new AbortController();
  const deadline = createDeadline({
    limitMs: Number.POSITIVE_INFINITY,
    outer: outer.signal,
    toError,
  });
  outer.abort(new Error('Ctrl-C'));
  await expect(deadline.failure).rejects.toThrow('Ctrl-C');
  deadline.clear();
});

test('a cleared deadline does not abort its signal', async () => {
  const deadline = createDeadline({ limitMs: 10, toError });
  deadline.clear();
  await sleep(30);
  expect(deadline.signal.aborted).toBe(false);
});
