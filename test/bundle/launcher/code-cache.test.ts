import {
  chmod,
  lstat,
  mkdir,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { type PortplanRunOptions, portplan } from '../../rig/portplan.ts';
import { tempFolder } from '../../rig/temp.ts';

const args = ['completion', 'bash'];

async function run(base: string, env: PortplanRunOptions['env'] = {}) {
  return portplan(args, { env: { XDG_CACHE_HOME: base, ...env } });
}

async function cachesIn(base: string): Promise<readonly string[]> {
  return (await readdir(join(base, 'portplan')).catch(() => [])).sort();
}

async function onlyCache(base: string): Promise<string> {
  const [name = '', ...others] = await cachesIn(base);
  expect(others).toEqual([]);
  return join(base, 'portplan', name);
}

test('a few runs fill a cache that only its user may read, and the next leave it alone', async () => {
  await using folder = await tempFolder();
  const first = await run(folder.path);
  const file = await onlyCache(folder.path);
  const { size } = await stat(file);
  for (const _ of [2, 3, 4]) expect(await run(folder.path)).toEqual(first);
  const before = await stat(file);
  expect(before.size).toBeGreaterThan(size);
  expect(before.mode & 0o777).toBe(0o600);
  expect((await stat(join(folder.path, 'portplan'))).mode & 0o777).toBe(0o700);

  expect(await run(folder.path)).toEqual(first);
  expect((await stat(file)).mtimeMs).toBe(before.mtimeMs);
});

test('a run that needs more than those before it adds to the cache', async () => {
  await using folder = await tempFolder();
  const env = { XDG_CACHE_HOME: folder.path, DOCKER_HOST: 'unix:///nowhere/engine.sock' };
  const asTable = () => portplan(['plan', '48080'], { env });
  const asFlags = () => portplan(['plan', '48080', '--format', 'flags'], { env });
  const table = await asTable();
  await asTable();
  const before = await lengthsIn(await onlyCache(folder.path));
  const flags = await asFlags();
  const between = await lengthsIn(await onlyCache(folder.path));
  expect(await asFlags()).toEqual(flags);
  const after = await lengthsIn(await onlyCache(folder.path));

  expect(between.text).toBeGreaterThan(before.text);
  expect(between.code).toBe(0);
  expect(after).toEqual({ text: between.text, code: expect.any(Number) });
  expect(after.code).toBeGreaterThan(100_000);
  expect(await asTable()).toEqual(table);
});

test('NODE_DISABLE_COMPILE_CACHE=1 writes none', async () => {
  await using folder = await tempFolder();
  expect((await run(folder.path, { NODE_DISABLE_COMPILE_CACHE: '1' })).code).toBe(0);
  expect(await cachesIn(folder.path)).toEqual([]);
});

test.each<readonly [string, (file: string) => Promise<unknown>]>([
  [
    'lacks a block of its text',
    async (file) => writeFile(file, withoutBlock(await readFile(file), 1)),
  ],
  [
    'lacks a block of its code',
    async (file) => writeFile(file, withoutBlock(await readFile(file), -2)),
  ],
  ['is cut', async (file) => writeFile(file, (await readFile(file)).subarray(0, 5000))],
  ['is empty', (file) => writeFile(file, '')],
  ['is of another program', (file) => writeFile(file, Buffer.alloc(16 + 2 * 4096, 1))],
])('one that %s is made anew', async (_name, damage) => {
  await using folder = await tempFolder();
  const good = await run(folder.path);
  await run(folder.path);
  const file = await onlyCache(folder.path);
  await damage(file);
  const damaged = await readFile(file);

  expect(await run(folder.path)).toEqual(good);
  expect((await readFile(file)).equals(damaged)).toBe(false);
  expect(await run(folder.path)).toEqual(good);
  expect(await run(folder.path)).toEqual(good);
});

test.each<readonly [string, (file: string, folder: string) => Promise<unknown>]>([
  ['a file that others may write', (file) => chmod(file, 0o666)],
  [
    'a link',
    async (file, folder) => {
      await writeFile(join(folder, '../elsewhere'), await readFile(file), { mode: 0o600 });
      await rm(file);
      await symlink(join(folder, '../elsewhere'), file);
    },
  ],
])('%s is not read, but replaced', async (_name, spoil) => {
  await using folder = await tempFolder();
  const good = await run(folder.path);
  const file = await onlyCache(folder.path);
  await spoil(file, join(folder.path, 'portplan'));
  expect(await run(folder.path)).toEqual(good);
  const after = await lstat(file);
  expect([after.isFile(), after.mode & 0o777]).toEqual([true, 0o600]);
});

test('nothing is written where others may write', async () => {
  await using folder = await tempFolder();
  const own = join(folder.path, 'portplan');
  await mkdir(own);
  await chmod(own, 0o777);
  expect((await run(folder.path)).code).toBe(0);
  expect(await cachesIn(folder.path)).toEqual([]);
});

test('without a home that can be written it runs as ever', async () => {
  await using folder = await tempFolder();
  const base = join(folder.path, 'file');
  await writeFile(base, '');
  expect((await run(base)).code).toBe(0);
  expect((await run('relative')).code).toBe(0);
});

test('old ones go', async () => {
  await using folder = await tempFolder();
  const own = join(folder.path, 'portplan');
  await mkdir(own, { mode: 0o700 });
  const old = Array.from({ length: 40 }, (_, index) => join(own, `old-${index}`));
  for (const [index, file] of old.entries()) {
    await writeFile(file, '');
    await utimes(file, index + 1, index + 1);
  }
  await run(folder.path);
  const left = await cachesIn(folder.path);
  expect(left).toHaveLength(32);
  expect(left).not.toContain('old-0');
  expect(left).toContain('old-39');
});

async function lengthsIn(file: string) {
  const bytes = await readFile(file);
  return { text: bytes.readInt32LE(0), code: bytes.readInt32LE(4) };
}

/** As after a power cut: 512 bytes are zero. A negative number counts the blocks from the end. */
function withoutBlock(bytes: Buffer, block: number): Buffer {
  const copy = Buffer.from(bytes);
  const at = (block < 0 ? Math.floor(copy.length / 512) + block : block) * 512;
  return copy.fill(0, at, at + 512);
}
