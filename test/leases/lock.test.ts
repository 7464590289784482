import { mkdir, readdir, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { type LockLimits, withLock } from '../../src/leases/lock.ts';
import { formatOwner, ownOwner } from '../../src/leases/lock-owner.ts';
import { tempFolder } from '../rig/temp.ts';

const quick: LockLimits = { beatMs: 20, silenceMs: 300, patienceMs: 700 };
const own = ownOwner();
/** Beyond what Linux gives out. */
const noPid = 4_194_305;

test('one at a time, and everybody gets a turn', async () => {
  await using folder = await tempFolder();
  let inside = 0;
  const seen: number[] = [];
  const enter = () =>
    withLock(folder.path, async () => {
      inside += 1;
      seen.push(inside);
      await sleep(2);
      inside -= 1;
    });
  await Promise.all(Array.from({ length: 20 }, enter));
  expect(seen).toEqual(Array.from({ length: 20 }, () => 1));
});

test('what is left behind is two empty files at most', async () => {
  await using folder = await tempFolder();
  for (let turn = 0; turn < 5; turn += 1) await withLock(folder.path, async () => {});
  expect((await readdir(folder.path)).sort()).toEqual(['leases.lock.4', 'leases.lock.5']);
});

test('work that throws ends its turn', async () => {
  await using folder = await tempFolder();
  const failing = withLock(folder.path, () => Promise.reject(new Error('no')), quick);
  await expect(failing).rejects.toThrow('no');
  expect(await withLock(folder.path, async () => 'next', quick)).toBe('next');
});

describe('who held it when it died blocks nobody', () => {
  test.each([
    ['a process that is gone', formatOwner({ ...own, pid: noPid })],
    ['another one of the same number', formatOwner({ ...own, startedAt: '1' })],
    ['one of another boot, silent since', formatOwner({ ...own, place: 'before the reboot' })],
    ['nobody who could be read', 'zzz'],
  ])('%s', async (_name, text) => {
    await using folder = await tempFolder({ 'leases.lock.7': text });
    expect(await withLock(folder.path, async () => 'mine', quick)).toBe('mine');
    expect(await readdir(folder.path)).toContain('leases.lock.8');
  });

  test.each(['a folder', 'a link'])('%s in place of a turn', async (kind) => {
    await using folder = await tempFolder();
    const path = join(folder.path, 'leases.lock.7');
    await (kind === 'a folder' ? mkdir(path) : symlink('/etc/hostname', path));
    expect(await withLock(folder.path, async () => 'mine', quick)).toBe('mine');
  });
});

test('a process that runs keeps it, however silent it is', async () => {
  await using folder = await tempFolder({ 'leases.lock.7': formatOwner(own) });
  const waiting = withLock(folder.path, async () => 'mine', quick);
  if (process.platform !== 'linux') return expect(await waiting).toBe('mine');
  await expect(waiting).rejects.toMatchObject({
    code: 'leases-unavailable',
    message: expect.stringContaining(`process ${process.pid} holds`),
  });
});

test('one that cannot be looked at keeps it while it shows life', async () => {
  const text = formatOwner({ ...own, place: 'another machine' });
  await using folder = await tempFolder({ 'leases.lock.7': text });
  const file = join(folder.path, 'leases.lock.7');
  const beat = setInterval(() => utimes(file, new Date(), new Date()).catch(() => {}), 20);
  const waiting = withLock(folder.path, async () => 'mine', quick);
  try {
    await expect(waiting).rejects.toMatchObject({ code: 'leases-unavailable' });
  } finally {
    clearInterval(beat);
  }
});

test('a holder shows life, and knows when it was passed over', async () => {
  await using folder = await tempFolder();
  const held = await withLock(
    folder.path,
    async (lock) => {
      const before = await lock.isHeld();
      await writeFile(join(folder.path, 'leases.lock.2'), '');
      return [before, await lock.isHeld()];
    },
    quick,
  );
  expect(held).toEqual([true, false]);
});

test('a turn below the latest one is none', async () => {
  await using folder = await tempFolder({ 'leases.lock.9': '', 'leases.lock.3': formatOwner(own) });
  expect(await withLock(folder.path, async () => 'mine', quick)).toBe('mine');
  expect((await readdir(folder.path)).sort()).toEqual(['leases.lock.10', 'leases.lock.9']);
});

test('what killed processes left while they waited is removed after an hour', async () => {
  await using folder = await tempFolder();
  const [old, fresh] = ['leases.lock.new-1-old', 'leases.lock.new-2-fresh'];
  const hours = new Date(Date.now() - 2 * 3_600_000);
  await utimes(await folder.write(old, 'x'), hours, hours);
  await folder.write(fresh, 'x');
  await withLock(folder.path, async () => {});
  expect((await readdir(folder.path)).sort()).toEqual(['leases.lock.1', fresh]);
});
