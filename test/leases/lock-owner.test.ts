import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from '@jest/globals';
import {
  fateOf,
  formatOwner,
  ownOwner,
  type ProcessView,
  parseOwner,
} from '../../src/leases/lock-owner.ts';

const owner = { pid: 7, place: 'here', startedAt: '500' };
const stat = (state: string, startedAt: string) =>
  `7 (a) b) ${state} ${Array.from({ length: 18 }, (_, index) => index).join(' ')} ${startedAt} 0 0`;

test.each<[string, Partial<ProcessView>, string]>([
  ['runs since then', { stat: () => stat('S', '500') }, 'alive'],
  ['another program has its number', { stat: () => stat('S', '501') }, 'gone'],
  ['has ended, and nobody has looked', { stat: () => stat('Z', '500') }, 'gone'],
  ['its number is free', { exists: () => false }, 'gone'],
  ['may not be looked at (hidepid)', { stat: () => undefined }, 'unknown'],
])('a process that %s', (_name, view, expected) => {
  const whole = { exists: () => true, stat: () => undefined, ...view };
  expect(fateOf(owner, 'here', whole)).toBe(expected);
});

test('a number counts only where it was given', () => {
  expect(fateOf(owner, 'elsewhere', { exists: () => false, stat: () => undefined })).toBe(
    'unknown',
  );
});

test('without start times a number that is taken proves nothing', () => {
  const view = { exists: () => true, stat: () => undefined };
  expect(fateOf({ ...owner, startedAt: '' }, 'here', view)).toBe('unknown');
});

test('this process runs, and one that has ended does not', async () => {
  expect(fateOf(ownOwner())).toBe(process.platform === 'linux' ? 'alive' : 'unknown');
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  expect(fateOf({ ...ownOwner(), pid: Number(child.pid) })).toBe('gone');
});

test('an owner is read as it was written', () => {
  expect(parseOwner(formatOwner(ownOwner()))).toEqual(ownOwner());
});

test.each(['', '7', '0\n500\nhere\n', '-1\n500\nhere\n', '7\n500\n\n', '7\n5\nhere\nmore\n', '\0'])(
  'no owner: %j',
  (text) => {
    expect(parseOwner(text)).toBeUndefined();
  },
);
