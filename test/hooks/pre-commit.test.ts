import { existsSync } from 'node:fs';
import { mkdir, symlink } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Result } from '../rig/run.ts';
import { holdSocket } from '../rig/sockets.ts';
import { type TempFolder, tempFolder } from '../rig/temp.ts';
import { commitThisProject, type Repository, repository } from './repository.ts';

const programs = ['pre-commit', 'git', 'node', 'npm', 'bash', 'sh', 'dirname'];
const missing = programs.filter((name) => findProgram(name) === undefined);
const usable = missing.length === 0 && process.platform !== 'win32';
const describeHooks = usable || process.env.CI !== undefined ? describe : describe.skip;

jest.setTimeout(120_000);

describeHooks(usable ? 'pre-commit' : `pre-commit (missing: ${missing.join(', ')})`, () => {
  let folder: TempFolder;
  let hooks: Hooks;

  beforeAll(async () => {
    folder = await tempFolder();
    hooks = await installHooks(folder);
  }, 450_000);
  afterAll(async () => {
    await folder?.[Symbol.asyncDispose]();
  });

  test('fails on a conflict and prints the location of both entries', async () => {
    await using project = await hooks.project({ 'compose.yaml': compose('8080:80', '8080:3000') });
    const { code, stdout } = await hooks.run(project);
    expect(stdout).toContain('compose.yaml:5:9');
    expect(stdout).toContain('compose.yaml:9:9');
    expect(code).toBe(1);
  });

  test('passes a project without conflicts', async () => {
    await using project = await hooks.project({ 'compose.yaml': compose('8080:80', '8081:3000') });
    expect(await hooks.run(project)).toMatchObject(passed);
  });

  test('keeps git from committing a conflict', async () => {
    await using project = await hooks.project({ 'compose.yaml': compose('8080:80', '8080:3000') });
    expect(await project.run('pre-commit', ['install'], hooks.options)).toMatchObject({ code: 0 });
    const rejected = await project.run('git', ['commit', '--message=conflict'], hooks.options);
    expect(rejected).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('compose.yaml:5:9'),
    });

    await project.add({ 'compose.yaml': compose('8080:80', '8081:3000') });
    const accepted = await project.run('git', ['commit', '--message=fixed'], hooks.options);
    expect(accepted).toMatchObject({ code: 0 });
  });

  test('reads files only, so an unreachable engine has no effect', async () => {
    await using project = await hooks.project({ 'compose.yaml': compose('8080:80', '8081:3000') });
    expect(await hooks.run(project, { env: deadEngine })).toMatchObject(passed);
    expect(await hooks.run(project, { env: deadEngine, hook: 'portplan-live' })).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('exit code: 3'),
    });
  });

  test('portplan-live finds the holder of a port without Docker', async () => {
    await using held = await holdSocket({
      protocol: 'tcp',
      state: 'listen',
      address: '127.0.0.1',
      port: 0,
    });
    const text = compose(`127.0.0.1:${held.port}:80`, '3000');
    await using project = await hooks.project({ 'compose.yaml': text });
    expect(await hooks.run(project)).toMatchObject(passed);
    const { code, stdout } = await hooks.run(project, { hook: 'portplan-live' });
    expect(stdout).toContain('compose.yaml:5:9');
    expect(stdout).toMatch(new RegExp(`^conflict.*\\b${held.port}/tcp`, 'm'));
    expect(code).toBe(1);
  });

  test.each([
    'docker-compose-dev.yml',
    'podman-compose.yml',
    'with space/my project/compose.yaml',
    '-dash/compose.yaml',
    '--static/docker-compose.yml',
    "it's/$(odd)/compose.yml",
  ])('runs for %s', async (name) => {
    await using project = await hooks.project({ [name]: compose('8080:80', '8080:3000') });
    const { code, stdout } = await hooks.run(project);
    expect(stdout).toContain(`${name}:5:9`);
    expect(stdout).toContain(`${name}:9:9`);
    expect(code).toBe(1);
  });

  test('checks the project of the folder if only its .env changes', async () => {
    await using project = await hooks.project({
      'shop/compose.yaml': compose(`\${PORT}:80`, '8081:3000'),
      'shop/.env': 'PORT=8080\n',
    });
    expect(await hooks.run(project)).toMatchObject(passed);
    await project.commit();

    await project.add({ 'shop/.env': 'PORT=8081\n' });
    const { code, stdout } = await hooks.run(project);
    expect(stdout).toContain('shop/compose.yaml:5:9');
    expect(stdout).toContain('shop/compose.yaml:9:9');
    expect(code).toBe(1);
  });

  test('passes a .env without a project', async () => {
    await using project = await hooks.project({ 'frontend/.env': 'PORT=8080\n' });
    expect(await hooks.run(project)).toMatchObject(passed);
  });

  test('checks several files of one project once, as one project', async () => {
    await using project = await hooks.project({
      'compose.yaml': compose('8080:80', '8081:3000'),
      'compose.override.yaml': 'services:\n  web:\n    ports:\n      - 8081:81\n',
      '.env': 'UNUSED=1\n',
    });
    const { code, stdout } = await hooks.run(project);
    expect(stdout.match(/^conflict/gm)).toHaveLength(1);
    expect(stdout).toContain('compose.yaml:9:9');
    expect(stdout).toContain('compose.override.yaml:4:9');
    expect(code).toBe(1);
  });

  test('passes two projects that publish the same port', async () => {
    await using project = await hooks.project({
      'shop/compose.yaml': compose('8080:80', '8081:3000'),
      'blog/compose.yaml': compose('8080:80', '8081:3000'),
    });
    expect(await hooks.run(project)).toMatchObject(passed);
  });

  test('ignores deleted files', async () => {
    await using project = await hooks.project({
      'shop/compose.yaml': compose('8080:80', '8081:3000'),
      'shop/compose.override.yaml': 'services:\n  web:\n    ports:\n      - 8081:81\n',
      'blog/compose.yaml': compose('8080:80', '8080:3000'),
    });
    await project.commit();
    await project.remove('shop/compose.override.yaml', 'blog/compose.yaml');
    await project.add({ 'shop/compose.yaml': compose('8082:80', '8081:3000') });
    expect(await hooks.run(project)).toMatchObject(passed);
    await project.commit();

    await project.remove('shop/compose.yaml');
    expect(await hooks.run(project)).toMatchObject({ code: 0 });
  });
});

/** Returns a Compose file with two services, with these entries in lines 5 and 9, column 9. */
function compose(web: string, api: string): string {
  const service = (name: string, entry: string) =>
    [`  ${name}:`, '    image: nginx:1.25', '    ports:', `      - "${entry}"`].join('\n');
  return `services:\n${service('web', web)}\n${service('api', api)}\n`;
}

const passed = { code: 0, stdout: expect.stringMatching(/^portplan\b.*Passed$/m) };

const deadEngine = { DOCKER_HOST: 'unix:///nonexistent/docker.sock' };

interface HookOptions {
  readonly hook?: 'portplan' | 'portplan-live';
  readonly env?: NodeJS.ProcessEnv;
}

interface Hooks {
  /** Options for commands that run hooks: PATH has only the programs that pre-commit needs. */
  readonly options: { readonly env: NodeJS.ProcessEnv };
  /** Creates a repository that is configured for both hooks, with these files staged. */
  project(files: Readonly<Record<string, string>>): Promise<Repository>;
  /** Runs `pre-commit run` on the staged files. */
  run(project: Repository, options?: HookOptions): Promise<Result>;
}

/** Makes pre-commit install this project from a Git URL, as it does on a user's first commit. */
async function installHooks(folder: TempFolder): Promise<Hooks> {
  const rev = await commitThisProject(join(folder.path, 'portplan'));
  const config = JSON.stringify({
    repos: [
      {
        repo: `file://${folder.path}/portplan`,
        rev,
        hooks: [{ id: 'portplan' }, { id: 'portplan-live', stages: ['manual'] }],
      },
    ],
  });
  const project: Hooks['project'] = (files) =>
    repository({ '.pre-commit-config.yaml': config, ...files });

  await using first = await project({});
  const home = { PRE_COMMIT_HOME: join(folder.path, 'home') };
  await first.runOrThrow('pre-commit', ['install-hooks'], {
    env: { ...first.env, ...home, npm_config_prefer_offline: 'true', npm_config_audit: 'false' },
    timeoutMs: 420_000,
  });

  const env = { ...first.env, ...home, PATH: await linkPrograms(folder) };
  return {
    options: { env },
    project,
    run: (from, { hook = 'portplan', env: more } = {}) =>
      from.run('pre-commit', ['run', '--hook-stage=manual', hook], { env: { ...env, ...more } }),
  };
}

/** Creates a folder with links to the programs, and returns its path for PATH. */
async function linkPrograms(folder: TempFolder): Promise<string> {
  const bin = join(folder.path, 'bin');
  await mkdir(bin);
  for (const name of programs) await symlink(findProgram(name) ?? name, join(bin, name));
  return bin;
}

function findProgram(name: string): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.map((folder) => join(folder, name)).find((file) => existsSync(file));
}
