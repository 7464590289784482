import { expect, test } from '@jest/globals';
// @ts-expect-error: the benchmark is plain JavaScript
import { compareWithBaseline } from './bench/guard.mjs';
// @ts-expect-error: the benchmark is plain JavaScript
import { measureInTurn, ratioOf } from './bench/measure.mjs';

const line = { scenario: 'files', size: 100, of: 'check', to: 'node -e 0', unit: 'x', median: 3 };

test.each([
  ['accepts an unchanged ratio', 2, 1.9, 0],
  ['accepts a ratio that grew by half', 2, 3.1, 0],
  ['reports a ratio that doubled even in the better quarter', 2, 4.1, 1],
  ['accepts a faster run', 4, 1, 0],
])('the guard %s', (_name, known, low, count) => {
  const baseline = { 'files 100: check / node -e 0': known };
  expect(compareWithBaseline([{ ...line, low }], baseline)).toHaveLength(count);
});

test('the guard ignores lines without a baseline and ratios to other programs', () => {
  expect(compareWithBaseline([{ ...line, low: 9 }], {})).toEqual([]);
  const beside = { ...line, to: 'ss', low: 9 };
  expect(compareWithBaseline([beside], { 'files 100: check / ss': 2 })).toEqual([]);
});

test('commands run alternately, and a failing command fails the measurement', async () => {
  const idle = { name: 'idle', command: [process.execPath, '-e', '0'] };
  const slow = { name: 'slow', command: [process.execPath, '-e', 'setTimeout(() => {}, 400)'] };
  const times = await measureInTurn([idle, slow], 3, process.env);
  expect(times.idle).toHaveLength(3);
  expect(ratioOf(times, 'slow', 'idle').median).toBeGreaterThan(1);
  const failing = { name: 'failing', command: [process.execPath, '-e', 'process.exit(7)'] };
  await expect(measureInTurn([failing], 1, process.env)).rejects.toThrow('ended with 7');
}, 30_000);
