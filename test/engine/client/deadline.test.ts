import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { createDeadline } from '../../../src/engine/client/deadline.ts';

const limitMs = 100;
const toError = () => new Error('too slow');

test('a call to an engine that does not answer has its time and no more', async () => {
  const bound = createDeadline({ limitMs, toError, isAlive: () => new Promise(() => {}) });
  const started = performance.now();
  await expect(bound.failure).rejects.toThrow('too slow');
  bound.clear();
  expect(performance.now() - started).toBeGreaterThan(limitMs - 5);
  expect(bound.signal.aborted).toBe(true);
  expect(bound.reason()).toEqual(new Error('too slow'));
});

test('a busy engine gets more time, and not for ever', async () => {
  let asked = 0;
  const isAlive = async () => {
    asked += 1;
  };
  const bound = createDeadline({ limitMs: 20, toError, isAlive });
  const started = performance.now();
  await expect(bound.failure).rejects.toThrow('too slow');
  bound.clear();
  expect(asked).toBe(6);
  expect(performance.now() - started).toBeGreaterThan(6 * 20 - 10);
});

test('what is given up from outside ends at once, with its reason', async () => {
  const outer = new AbortController();
  const bound = createDeadline({ limitMs: Number.POSITIVE_INFINITY, outer: outer.signal, toError });
  outer.abort(new Error('Ctrl-C'));
  await expect(bound.failure).rejects.toThrow('Ctrl-C');
  bound.clear();
});

test('a call that has ended is not disturbed', async () => {
  const bound = createDeadline({ limitMs: 10, toError });
  bound.clear();
  await sleep(30);
  expect(bound.signal.aborted).toBe(false);
});
