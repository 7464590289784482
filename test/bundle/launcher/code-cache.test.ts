import {
  chmod,
  chown,
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
import { describe, expect, test } from '@jest/globals';
import { type PortplanRunOptions, portplan } from '../../rig/portplan.ts';
import type { Result } from '../../rig/run.ts';
import { type TempFolder, tempFolder } from '../../rig/temp.ts';

const args = ['completion', 'bash'];

async function run(base: string, env: PortplanRunOptions['env'] = {}): Promise<Result> {
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

test('four runs fill a cache that only its user can read, and later runs do not write it', async () => {
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

test('a run that loads more chunks than the earlier runs adds them to the cache', async () => {
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

  expect(between.source).toBeGreaterThan(before.source);
  expect(between.code).toBe(0);
  expect(after).toEqual({ source: between.source, code: expect.any(Number) });
  expect(after.code).toBeGreaterThan(100_000);
  expect(await asTable()).toEqual(table);
});

test('NODE_DISABLE_COMPILE_CACHE=1 disables the cache', async () => {
  await using folder = await tempFolder();
  expect((await run(folder.path, { NODE_DISABLE_COMPILE_CACHE: '1' })).code).toBe(0);
  expect(await cachesIn(folder.path)).toEqual([]);
});

test.each([
  ['without WebAssembly', ['--jitless', '--no-expose-wasm']],
  ['with other V8 flags', ['--no-lazy']],
])('the program runs %s, also from a cache of a normal run', async (_name, nodeArgs) => {
  await using folder = await tempFolder();
  const env = { XDG_CACHE_HOME: folder.path };
  const good = await run(folder.path);
  await run(folder.path);
  for (const _ of [1, 2]) expect(await portplan(args, { env, nodeArgs })).toEqual(good);
  expect(await run(folder.path)).toEqual(good);
});

describe('a damaged cache', () => {
  test.each<readonly [string, (bytes: Buffer) => Buffer]>([
    ['is cut', (bytes) => bytes.subarray(0, 5000)],
    ['is cut within its header', (bytes) => bytes.subarray(0, 12)],
    ['is empty', () => Buffer.alloc(0)],
    ['consists of zeros', ({ length }) => Buffer.alloc(length)],
    ['consists of ones', ({ length }) => Buffer.alloc(length, 1)],
    ['has other bytes at its end', (bytes) => Buffer.concat([bytes, Buffer.alloc(8)])],
    ['counts more runs', (bytes) => changed(bytes, 16, (byte) => byte + 1)],
  ])('is replaced if it %s', async (_name, damage) => {
    await using folder = await tempFolder();
    const good = await run(folder.path);
    await run(folder.path);
    const file = await onlyCache(folder.path);
    const damaged = damage(await readFile(file));
    await writeFile(file, damaged);

    expect(await run(folder.path)).toEqual(good);
    expect((await readFile(file)).equals(damaged)).toBe(false);
    expect(await run(folder.path)).toEqual(good);
    expect(await run(folder.path)).toEqual(good);
  });

  // Without a checksum over all bytes, 3 to 9 % of the zeroed blocks ended every later run in a crash of V8.
  test.each([1, 2])(
    'is replaced wherever the damage is (seed %s)',
    async (seed) => {
      await using folder = await tempFolder({ 'compose.yaml': compose });
      const check = ['check', '--static', 'compose.yaml'];
      const env = { XDG_CACHE_HOME: folder.path };
      const runCheck = () => portplan(check, { env, cwd: folder.path });
      const good = await runCheck();
      expect(good).toMatchObject({ code: 1, stdout: expect.stringContaining('8080') });
      for (const _ of [2, 3, 4]) await runCheck();
      const files = (await cachesIn(folder.path)).map((name) =>
        join(folder.path, 'portplan', name),
      );
      const full = await Promise.all(
        files.map(async (file) => ({ file, bytes: await readFile(file) })),
      );
      expect(full.map(({ file }) => /portplan-check|yaml-check/.test(file))).toEqual([true, true]);

      const random = randomNumbers(seed);
      for (let count = 0; count < 75; count += 1) {
        for (const { file, bytes } of full) {
          const damaged = damageSomewhere(bytes, random);
          await writeFile(file, damaged);
          expect(await runCheck()).toEqual(good);
          expect((await readFile(file)).equals(damaged)).toBe(false);
          await writeFile(file, bytes);
        }
      }
      expect(await runCheck()).toEqual(good);
      for (const { file, bytes } of full) expect((await readFile(file)).equals(bytes)).toBe(true);
    },
    180_000,
  );
});

describe('the place of the cache', () => {
  test.each<readonly [string, (file: string, folder: string) => Promise<unknown>]>([
    ['a file that other users can write', (file) => chmod(file, 0o666)],
    [
      'a symbolic link',
      async (file, folder) => {
        await writeFile(join(folder, '../elsewhere'), await readFile(file), { mode: 0o600 });
        await rm(file);
        await symlink(join(folder, '../elsewhere'), file);
      },
    ],
  ])('%s is replaced', async (_name, spoil) => {
    await using folder = await tempFolder();
    const good = await run(folder.path);
    const file = await onlyCache(folder.path);
    await spoil(file, join(folder.path, 'portplan'));
    expect(await run(folder.path)).toEqual(good);
    const after = await lstat(file);
    expect([after.isFile(), after.mode & 0o777]).toEqual([true, 0o600]);
  });

  test('nothing is written to a folder that other users can write', async () => {
    await using folder = await tempFolder();
    const own = join(folder.path, 'portplan');
    await mkdir(own);
    await chmod(own, 0o777);
    expect((await run(folder.path)).code).toBe(0);
    expect(await cachesIn(folder.path)).toEqual([]);
  });

  test('nothing is written or read below a folder that other users can write', async () => {
    await using folder = await tempFolder();
    const base = join(folder.path, 'shared/cache');
    await mkdir(base, { recursive: true });
    const good = await run(base);
    const file = await onlyCache(base);
    const { mtimeMs } = await stat(file);
    await chmod(join(folder.path, 'shared'), 0o777);
    expect(await run(base)).toEqual(good);
    expect((await stat(file)).mtimeMs).toBe(mtimeMs);
    expect(await run(join(folder.path, 'shared/new'))).toEqual(good);
    expect(await readdir(join(folder.path, 'shared'))).toEqual(['cache']);

    await chmod(join(folder.path, 'shared'), 0o1777);
    expect(await run(base)).toEqual(good);
    expect((await stat(file)).mtimeMs).toBeGreaterThan(mtimeMs);
  });

  test('a cache folder behind a symbolic link is used', async () => {
    await using folder = await tempFolder();
    await mkdir(join(folder.path, 'disk'));
    await symlink(join(folder.path, 'disk'), join(folder.path, 'cache'));
    const good = await run(join(folder.path, 'cache'));
    const { mtimeMs } = await stat(await onlyCache(join(folder.path, 'disk')));
    expect(await run(join(folder.path, 'cache'))).toEqual(good);
    expect((await stat(await onlyCache(join(folder.path, 'disk')))).mtimeMs).toBeGreaterThan(
      mtimeMs,
    );
  });

  test.each<readonly [string, (folder: TempFolder) => Promise<string>]>([
    ['a file', async (folder) => await folder.write('file', '')],
    ['a relative path', async () => 'relative'],
    ['below a file', async (folder) => join(await folder.write('file', ''), 'cache')],
  ])('the program runs if XDG_CACHE_HOME is %s', async (_name, base) => {
    await using folder = await tempFolder();
    expect(await run(await base(folder))).toMatchObject({ code: 0, stderr: '' });
  });

  const asRoot = process.getuid?.() === 0 ? test : test.skip;

  asRoot('nothing is created below the home of another user', async () => {
    await using folder = await tempFolder();
    const home = join(folder.path, 'home');
    await mkdir(home);
    await chown(home, 54_321, 54_321);
    for (const env of [{ HOME: home }, { HOME: home, XDG_CACHE_HOME: join(home, '.cache') }]) {
      expect(await portplan(args, { env })).toMatchObject({ code: 0, stderr: '' });
      expect(await readdir(home)).toEqual([]);
    }
  });

  asRoot.each<readonly [string, string | undefined]>([
    ['has no home', undefined],
    ['has a home that does not exist', '/nonexistent'],
    ['has / as home', '/'],
    ['has the home of root', '/root'],
  ])('the program runs for a user who %s', async (_name, home) => {
    const result = await portplan(args, {
      env: { HOME: home },
      wrapper: ['setpriv', '--reuid=54321', '--regid=54321', '--clear-groups', '--'],
    });
    expect(result).toMatchObject({ code: 0, stderr: '' });
  });
});

test('the oldest of more than 32 caches are removed', async () => {
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

const compose = `services:
  web: { image: a, ports: ["8080:80"] }
  api: { image: a, ports: ["8080:80"] }
`;

async function lengthsIn(file: string) {
  const bytes = await readFile(file);
  return { source: bytes.readUInt32LE(8), code: bytes.readUInt32LE(12) };
}

function changed(bytes: Buffer, at: number, change: (byte: number) => number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = change(copy[at] ?? 0) & 0xff;
  return copy;
}

/** Returns a copy with a flipped bit, or with a zeroed sector or page, as after a power cut. */
function damageSomewhere(bytes: Buffer, random: () => number): Buffer {
  for (;;) {
    const at = Math.floor(random() * bytes.length);
    const kind = Math.floor(random() * 3);
    const bit = 1 << Math.floor(random() * 8);
    const size = kind === 1 ? 512 : 4096;
    const start = Math.floor(at / size) * size;
    const copy =
      kind === 0
        ? changed(bytes, at, (byte) => byte ^ bit)
        : Buffer.from(bytes).fill(0, start, Math.min(start + size, bytes.length));
    if (!copy.equals(bytes)) return copy;
  }
}

/** Numbers from 0 to 1, the same for each seed (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    const a = Math.imul(state ^ (state >>> 15), state | 1);
    const b = a ^ (a + Math.imul(a ^ (a >>> 7), a | 61));
    return ((b ^ (b >>> 14)) >>> 0) / 4_294_967_296;
  };
}
