import { expect, test } from '@jest/globals';
import {
  parseBootTime,
  parseStat,
  startTime,
} from '../../../../src/scanner/sockets/linux/proc-stat.ts';

test('reads the columns of a stat line with any name', () => {
  const columns = '4 4242 4242 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 11 0 12345 1000 10';
  expect(parseStat(`42 (evil) S 9 (name)) S ${columns}`)).toEqual({ parent: 4, startTicks: 12345 });
});

test.each(['', '42 (x) S', 'garbage', '42 (x) S a b c'])(
  'rejects an invalid stat line: %j',
  (text) => {
    expect(parseStat(text)).toBeUndefined();
  },
);

test('reads the boot time', () => {
  expect(parseBootTime('cpu 1\nintr 1 2 3\nctxt 5\nbtime 1760000000\n')).toBe(1_760_000_000);
  expect(parseBootTime('cpu 1\n')).toBeUndefined();
});

test('adds the ticks of a process, 10 ms each, to the boot time', () => {
  expect(startTime({ parent: 1, startTicks: 0 }, 1_760_000_000)).toBe('2025-10-09T08:53:20.000Z');
  expect(startTime({ parent: 1, startTicks: 6_050 }, 1_760_000_000)).toBe(
    '2025-10-09T08:54:20.000Z',
  );
});
