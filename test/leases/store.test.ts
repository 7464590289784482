import { execFile } from 'node:child_process';
import {
  chmod,
  chown,
  link,
  lstat,
  mkdir,
  readdir,
  stat,
  symlink,
  truncate,
} from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { PortplanError } from '../../src/errors.ts';
import { serializeLeases } from '../../src/leases/file-format.ts';
import { type LeaseStore, openLeaseStore } from '../../src/leases/store.ts';
import { type TempFolder, tempFolder } from '../rig/temp.ts';
import { someLease } from './made-up.ts';

const run = promisify(execFile);

function storeIn(folder: TempFolder): LeaseStore {
  const limits = { beatMs: 20, silenceMs: 300, patienceMs: 700 };
  return openLeaseStore({ env: { PORTPLAN_STATE_DIR: folder.path }, limits });
}

async function asideIn(folder: TempFolder): Promise<readonly string[]> {
  return (await readdir(folder.path)).filter((name) => name.startsWith('leases.json.damaged-'));
}

test('nothing there: no leases, and nothing is made by reading', async () => {
  await using folder = await tempFolder();
  const path = join(folder.path, 'not', 'yet');
  const store = openLeaseStore({ env: { PORTPLAN_STATE_DIR: path } });
  expect(await store.read()).toEqual({ leases: [], notes: [] });
  expect(await readdir(folder.path)).toEqual([]);
});

test('what is kept is there for the next one, and for nobody else', async () => {
  await using folder = await tempFolder();
  const place = { env: {}, home: folder.path, platform: 'linux' };
  const store = openLeaseStore(place);
  await store.update(() => [someLease(8080)]);
  expect(await openLeaseStore(place).read()).toEqual({ leases: [someLease(8080)], notes: [] });
  expect(store.file).toBe(join(folder.path, '.local/state/portplan/leases.json'));
  const modes = await Promise.all(
    [join(store.file, '..'), store.file].map(async (path) => (await stat(path)).mode & 0o777),
  );
  expect(modes).toEqual([0o700, 0o600]);
});

test('the same list is no change', async () => {
  await using folder = await tempFolder();
  const store = storeIn(folder);
  await store.update(() => [someLease(8080)]);
  const before = await stat(store.file);
  await store.update((leases) => leases);
  expect((await stat(store.file)).ino).toBe(before.ino);
});

test('a change that throws changes nothing, and its error stays as it is', async () => {
  await using folder = await tempFolder();
  const store = storeIn(folder);
  await store.update(() => [someLease(8080)]);
  const error = Object.assign(new Error('its own'), { code: 'EACCES', syscall: 'connect' });
  await expect(store.update(() => Promise.reject(error))).rejects.toBe(error);
  expect((await store.read()).leases).toEqual([someLease(8080)]);
});

test('changes at once are made one after the other', async () => {
  await using folder = await tempFolder();
  const store = openLeaseStore({ env: { PORTPLAN_STATE_DIR: folder.path } });
  const add = (port: number) =>
    store.update((leases) => [...leases, someLease(port, { service: `s${port}` })]);
  await Promise.all(Array.from({ length: 15 }, (_, index) => add(8000 + index)));
  const ports = (await store.read()).leases.map(({ port }) => port).sort();
  expect(ports).toEqual(Array.from({ length: 15 }, (_, index) => 8000 + index));
});

describe('a damaged file', () => {
  const half = serializeLeases([someLease(8080)]).slice(0, 100);

  test('is told when it is read, and stays', async () => {
    await using folder = await tempFolder({ 'leases.json': half });
    const { leases, notes } = await storeIn(folder).read();
    expect(leases).toEqual([]);
    expect(notes).toEqual([expect.stringMatching(/is damaged: .* sets it aside/)]);
    expect(await folder.read('leases.json')).toBe(half);
  });

  test('is set aside by a change, whole, and said', async () => {
    await using folder = await tempFolder({ 'leases.json': half });
    const { notes } = await storeIn(folder).update(() => [someLease(9000)]);
    const [aside = '', ...others] = await asideIn(folder);
    expect(others).toEqual([]);
    expect(await folder.read(aside)).toBe(half);
    expect(notes).toEqual([expect.stringContaining(aside)]);
    expect(await storeIn(folder).read()).toEqual({ leases: [someLease(9000)], notes: [] });
  });

  test('keeps what of it can be read', async () => {
    const text = serializeLeases([someLease(8080), someLease(9000, { service: 'api' })]);
    await using folder = await tempFolder({ 'leases.json': text.replace('8080', '"x"') });
    const { leases } = await storeIn(folder).update((before) => before);
    expect(leases.map(({ port }) => port)).toEqual([9000]);
    expect(await asideIn(folder)).toHaveLength(1);
    expect(await storeIn(folder).read()).toEqual({ leases, notes: [] });
  });

  test('stays when the change is refused', async () => {
    await using folder = await tempFolder({ 'leases.json': half });
    await expect(storeIn(folder).update(() => Promise.reject(new Error('no')))).rejects.toThrow();
    expect(await folder.read('leases.json')).toBe(half);
    expect(await asideIn(folder)).toEqual([]);
  });

  test('of a newer format is left alone', async () => {
    const text = '{"version":2}';
    await using folder = await tempFolder({ 'leases.json': text });
    const store = storeIn(folder);
    const newer = { code: 'leases-unavailable', message: expect.stringContaining('newer') };
    await expect(store.read()).rejects.toMatchObject(newer);
    await expect(store.update(() => [])).rejects.toMatchObject(newer);
    expect(await folder.read('leases.json')).toBe(text);
  });
});

describe('something else in place of the file', () => {
  test.each([
    ['a pipe', (path: string) => run('mkfifo', [path])],
    ['a folder', (path: string) => mkdir(path)],
    ['a symbolic link', (path: string) => symlink('/etc/hostname', path)],
    ['a dangling link', (path: string) => symlink('/nowhere/at/all', path)],
    ['more than fits', (path: string) => makeHuge(path)],
  ])('%s is set aside', async (_name, make) => {
    await using folder = await tempFolder();
    const store = storeIn(folder);
    await make(store.file);
    const before = await lstat(store.file);
    expect((await store.read()).notes).toHaveLength(1);
    const { notes } = await store.update(() => [someLease(8080)]);
    expect(notes).toHaveLength(1);
    const [aside = ''] = await asideIn(folder);
    expect((await lstat(join(folder.path, aside))).ino).toBe(before.ino);
    expect(await store.read()).toEqual({ leases: [someLease(8080)], notes: [] });
  });

  test('a hard link to another file leaves that one as it was', async () => {
    await using folder = await tempFolder({ other: 'mine' });
    const store = storeIn(folder);
    await link(join(folder.path, 'other'), store.file);
    await store.update(() => [someLease(8080)]);
    expect(await folder.read('other')).toBe('mine');
  });
});

test('what a killed process had half written is removed', async () => {
  await using folder = await tempFolder({ 'leases.json.new-1-x': '{"vers' });
  await storeIn(folder).update(() => [someLease(8080)]);
  expect(await readdir(folder.path)).not.toContain('leases.json.new-1-x');
});

test('a folder that is a file is told in words', async () => {
  await using folder = await tempFolder({ state: '' });
  const store = openLeaseStore({ env: { PORTPLAN_STATE_DIR: join(folder.path, 'state') } });
  for (const attempt of [store.read(), store.update(() => [])]) {
    const error = await attempt.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(PortplanError);
    expect(error).toMatchObject({ code: 'leases-unavailable', hint: expect.any(String) });
  }
});

const asRoot = process.getuid?.() === 0 ? describe : describe.skip;

asRoot('a folder of several users (needs root, to be two of them)', () => {
  const ann = { uid: 12_001, gid: 12_001 };
  const bob = { uid: 12_002, gid: 12_002 };
  const team = 12_100;

  test.each([
    ['of their group', 0o770, team, [team]],
    ['of their group, which files inherit', 0o2770, team, [team]],
  ] as const)('%s: both keep and see leases', async (_name, mode, group, groups) => {
    await using folder = await tempFolder();
    await chown(folder.path, 0, group);
    await chmod(folder.path, mode);
    await changeAs(ann, groups, folder, 8080);
    await changeAs(bob, groups, folder, 8081);
    await changeAs(ann, groups, folder, 8082);
    const ports = (await storeIn(folder).read()).leases.map(({ port }) => port);
    expect(ports).toEqual([8080, 8081, 8082]);
  });

  test.each([0o777, 0o1777])('refuses a folder that every user may write to (%o)', async (mode) => {
    await using folder = await tempFolder();
    await chmod(folder.path, mode);
    const refused = { stderr: expect.stringContaining('every user may write to') };
    await expect(changeAs(ann, [], folder, 8080)).rejects.toMatchObject(refused);
    await expect(storeIn(folder).read()).rejects.toMatchObject({ code: 'leases-unavailable' });
  });

  test('refuses a link to a folder of another user', async () => {
    await using folder = await tempFolder();
    await using target = await tempFolder();
    await chown(target.path, ann.uid, ann.gid);
    await chown(folder.path, bob.uid, bob.gid);
    await symlink(target.path, join(folder.path, 'state'));
    const refused = { stderr: expect.stringContaining('is a link to a folder of another user') };
    const state = { path: join(folder.path, 'state') };
    await expect(changeAs(bob, [], state, 8080)).rejects.toMatchObject(refused);
    await changeAs(ann, [], target, 8080);
  });

  // A member of a shared folder may replace every path in it while another one holds the lock.
  test('a link that another member puts in place of the lock is not followed', async () => {
    await using folder = await tempFolder();
    await using victims = await tempFolder({ 'secret.txt': 'of root' });
    await chown(folder.path, 0, team);
    await chmod(folder.path, 0o2770);
    const secret = join(victims.path, 'secret.txt');
    const before = await stat(secret);
    await storeIn(folder).update(async (leases) => {
      const turns = (await readdir(folder.path)).filter((name) => /^leases\.lock\.\d+$/.test(name));
      expect(turns).toHaveLength(1);
      await asUser(
        bob,
        [team],
        `
        const { renameSync, symlinkSync } = await import('node:fs');
        symlinkSync(${JSON.stringify(secret)}, ${JSON.stringify(join(folder.path, 'evil'))});
        renameSync(${JSON.stringify(join(folder.path, 'evil'))}, ${JSON.stringify(join(folder.path, turns[0] ?? ''))});`,
      );
      // Longer than the interval in which the lock shows life.
      await sleep(200);
      return [...leases, someLease(8080)];
    });
    const after = await stat(secret);
    expect([after.size, after.mtimeMs]).toEqual([before.size, before.mtimeMs]);
    expect((await storeIn(folder).read()).leases.map(({ port }) => port)).toEqual([8080]);
    await storeIn(folder).update((leases) => [...leases, someLease(8081)]);
  });

  test('with the sticky bit: the second one is told why not', async () => {
    await using folder = await tempFolder();
    await chown(folder.path, 0, team);
    await chmod(folder.path, 0o1770);
    await changeAs(ann, [team], folder, 8080);
    const refusal = await changeAs(bob, [team], folder, 8081).then(
      () => '',
      ({ stderr }: { stderr: string }) => stderr,
    );
    expect(refusal).toContain('leases-unavailable');
    expect(refusal).toContain('without the sticky bit');
    expect((await storeIn(folder).read()).leases.map(({ port }) => port)).toEqual([8080]);
    await changeAs(ann, [team], folder, 8082);
  });

  test('that others may only read: they can, and are told when they write', async () => {
    await using folder = await tempFolder();
    await chown(folder.path, ann.uid, ann.gid);
    await chmod(folder.path, 0o755);
    await changeAs(ann, [], folder, 8080);
    await expect(changeAs(bob, [], folder, 8081)).rejects.toMatchObject({
      stderr: expect.stringContaining('leases-unavailable'),
    });
    expect((await stat(join(folder.path, 'leases.json'))).mode & 0o777).toBe(0o644);
  });
});

async function makeHuge(path: string): Promise<void> {
  await (await import('node:fs/promises')).writeFile(path, '');
  await truncate(path, 100 * 1024 * 1024);
}

/** Adds a lease as another user, in a process of its own. */
async function changeAs(
  user: { readonly uid: number; readonly gid: number },
  groups: readonly number[],
  folder: Pick<TempFolder, 'path'>,
  port: number,
) {
  const store = new URL('../../dist/leases/store.js', import.meta.url).href;
  const lease = JSON.stringify(someLease(port, { service: `s${port}` }));
  return await asUser(
    user,
    groups,
    `const { openLeaseStore } = await import(${JSON.stringify(store)});
    const store = openLeaseStore({ env: { PORTPLAN_STATE_DIR: ${JSON.stringify(folder.path)} } });
    await store.update((leases) => [...leases, ${lease}]);`,
  );
}

/** Runs a script as another user, in a process of its own. */
async function asUser(
  user: { readonly uid: number; readonly gid: number },
  groups: readonly number[],
  script: string,
) {
  const code = `process.umask(0o077);
    process.setgroups([${groups.join()}]); process.setgid(${user.gid}); process.setuid(${user.uid});
    ${script}`;
  return await run(process.execPath, ['--input-type=module', '-e', code], {
    timeout: 20_000,
    env: { PATH: process.env.PATH },
  });
}
