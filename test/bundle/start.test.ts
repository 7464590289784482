import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, cp, mkdir, readFile, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { stateFolder } from '../rig/engine-set.ts';
import { fakeEngine } from '../rig/fake-engine.ts';
import { type Result, run, runOrThrow } from '../rig/run.ts';
import { type TempFolder, tempFolder } from '../rig/temp.ts';

/**
 * Node also reads its own option --env-file behind the name of a script. These tests install the package as npm does,
 * and start the program in every way that users have. Its dependencies are left out: they are in the bundle.
 */
const root = fileURLToPath(new URL('../..', import.meta.url));
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const program = 'lib/node_modules/portplan/bin/portplan.js';

const busybox = [join(stateFolder, 'root-old/bin/busybox'), '/bin/busybox'].find(existsSync);
const cmdShim = findCmdShim();
const describeUnix = process.platform === 'win32' ? describe.skip : describe;

let folder: TempFolder;
let tarball: string;

beforeAll(async () => {
  folder = await tempFolder({
    'package/package.json': JSON.stringify({
      ...{ name: 'portplan', version: manifest.version, bin: manifest.bin },
      scripts: { preinstall: manifest.scripts.preinstall },
    }),
    'project/package.json': '{ "private": true }',
    'evil.cjs': `require('node:fs').writeFileSync(${JSON.stringify('evil-ran')}, '')`,
    'options.env': 'NODE_OPTIONS=--require=./evil.cjs\nPORT=8080\n',
    'compose.yaml': `services: { web: { image: a, ports: ["\${PORT:?unset}:80"] } }\n`,
  });
  for (const name of ['bin', 'dist/program'])
    await cp(join(root, name), join(folder.path, 'package', name), { recursive: true });
  tarball = await pack(join(folder.path, 'package'));
  await npm('install', '--global', '--prefix', join(folder.path, 'scripts'), tarball);
  await npm(
    'install',
    '--global',
    '--ignore-scripts',
    '--prefix',
    join(folder.path, 'no-scripts'),
    tarball,
  );
  await npm('install', '--prefix', join(folder.path, 'project'), tarball);
}, 120_000);
afterAll(async () => {
  await folder?.[Symbol.asyncDispose]();
});

/** Ways to start the installed program, each as the command line before the arguments of portplan. */
const starts: Readonly<Record<string, () => readonly [string, ...string[]]>> = {
  'npm install --global': () => [join(folder.path, 'scripts/bin/portplan')],
  'npm install in a project': () => [join(folder.path, 'project/node_modules/.bin/portplan')],
  // npx is a script of node's itself: without the dashes, node reads --env-file for npx.
  npx: () => ['npx', '--offline', '--yes', '--package', tarball, '--', 'portplan'],
  'a symbolic link to a relative path': () => ['./link'],
  'node -- bin/portplan.js': () => [
    process.execPath,
    '--',
    join(folder.path, 'no-scripts', program),
  ],
  ...(busybox && {
    // What the kernel runs for the first line, where /bin/sh is busybox.
    'the shell of busybox': () => [busybox, 'sh', join(folder.path, 'scripts', program)],
  }),
};

describeUnix.each(Object.entries(starts))('%s', (_name, start) => {
  beforeAll(async () => {
    await rm(join(folder.path, 'link'), { force: true });
    await symlink(join('scripts', program), join(folder.path, 'link'));
  });

  test('does not apply NODE_OPTIONS of a file of --env-file, which portplan reads', async () => {
    const args = ['check', '--static', '--env-file', 'options.env', '-f', 'compose.yaml'];
    const { code, stdout, stderr } = await startWith(start(), args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('no conflict');
    expect(existsSync(join(folder.path, 'evil-ran'))).toBe(false);
  });

  test('reports a missing file of --env-file as portplan does', async () => {
    for (const flag of [['--env-file', 'missing.env'], ['--env-file=missing.env']]) {
      const { code, stderr } = await startWith(start(), ['check', '--static', ...flag]);
      expect(stderr).toMatch(/^portplan: .*missing\.env/);
      expect(code).toBe(2);
    }
  });

  test('passes --env-file behind the image of run to the container, and opens no such file', async () => {
    // A process that opens a pipe waits for a writer.
    execFileSync('mkfifo', [join(folder.path, 'pipe')]);
    await using engine = await fakeEngine({
      '/version': { Version: '28.5.2', ApiVersion: '1.51' },
      '/info': {},
      '/containers/json': [],
      '/images/nginx:1/json': { Id: 'sha256:1', Config: {} },
      'POST /containers/create': { Id: 'c'.repeat(64), Warnings: [] },
    });
    const command = ['node', '--env-file=pipe', 'server.js', '--env-file', 'missing.env'];
    await startWith(start(), ['run', '-d', 'nginx:1', ...command], {
      DOCKER_HOST: engine.dockerHost,
    });
    await rm(join(folder.path, 'pipe'));
    const created = engine.requests.find(({ path }) => path === '/containers/create');
    expect(JSON.parse(created?.body ?? '{}')).toMatchObject({ Cmd: command });
  });

  test('passes on arguments as they are, and the exit code', async () => {
    const result = await startWith(start(), ['check', '$HOME `a` "b" \'c\'\\ *']);
    expect(result.stderr).toContain('$HOME `a` "b" \'c\'\\ *');
    expect(result.code).toBe(2);
  });
});

describeUnix('the program without install scripts', () => {
  test('starts through a link of npm', async () => {
    const bin = join(folder.path, 'no-scripts/bin/portplan');
    expect(await startWith([bin], ['--version'])).toMatchObject({ code: 0, stderr: '' });
  });

  (busybox === undefined ? test.skip : test)('starts with the env of busybox', async () => {
    const file = join(folder.path, 'no-scripts', program);
    expect(readFileSync(file, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
    const started = await startWith([busybox ?? '', 'env', 'node', file], ['--version']);
    expect(started).toMatchObject({ code: 0, stderr: '' });
  });

  test('does not read --env-file behind -- either', async () => {
    const bin = join(folder.path, 'no-scripts/bin/portplan');
    const checked = await startWith([bin], ['check', '--static', '--', '--env-file=missing.env']);
    expect(checked).toMatchObject({ code: 2, stderr: expect.stringContaining('portplan: ') });
  });
});

describeUnix('preinstall', () => {
  test('replaces the file, so that a hard link of it keeps its text, and is not run twice', async () => {
    await using copy = await packageCopy();
    const original = await readFile(copy.bin, 'utf8');
    execFileSync('ln', [copy.bin, `${copy.bin}.store`]);
    execFileSync(process.execPath, [copy.script]);
    const text = await readFile(copy.bin, 'utf8');
    expect(text).toMatch(/^#!\/bin\/sh\n.* exec node -- "\$0" "\$@"\n/);
    expect((await stat(copy.bin)).mode & 0o111).toBe(0o111);
    expect(await readFile(`${copy.bin}.store`, 'utf8')).toBe(original);
    execFileSync(process.execPath, [copy.script]);
    expect(await readFile(copy.bin, 'utf8')).toBe(text);
  });

  test('leaves a checkout alone', async () => {
    await using copy = await packageCopy();
    await mkdir(join(copy.path, 'src'));
    const original = await readFile(copy.bin, 'utf8');
    execFileSync(process.execPath, [copy.script]);
    expect(await readFile(copy.bin, 'utf8')).toBe(original);
  });
});

const describeShim = cmdShim === undefined ? describe.skip : describe;

describeShim(`the shims of npm for Windows${cmdShim ? '' : ' (npm has no cmd-shim here)'}`, () => {
  test.each([
    ['start node with --', true],
    ['start node without install scripts', false],
  ])('%s', async (_name, withScripts) => {
    await using copy = await packageCopy();
    if (withScripts) {
      const asWindows = `Object.defineProperty(process, 'platform', { value: 'win32' }); require(${JSON.stringify(copy.script)})`;
      execFileSync(process.execPath, ['-e', asWindows]);
    }
    const shim = join(copy.path, 'shims/portplan');
    await cmdShim?.(copy.bin, shim);
    const dashes = withScripts ? '--' : '';
    const [sh, cmd, ps1] = ['', '.cmd', '.ps1'].map((end) => readFileSync(shim + end, 'utf8'));
    expect(cmd).toContain(`"%_prog%" ${dashes} "%dp0%\\..\\bin\\portplan.js" %*`);
    expect(cmd).toContain('SET "_prog=node"');
    expect(ps1?.replaceAll(/ +/g, ' ')).toContain(
      `& "node$exe" ${dashes} "$basedir/../bin/portplan.js" $args`.replaceAll(/ +/g, ' '),
    );
    expect(sh?.replaceAll(/ +/g, ' ')).toContain(
      `exec node ${dashes} "$basedir/../bin/portplan.js" "$@"`.replaceAll(/ +/g, ' '),
    );
    if (process.platform !== 'win32') {
      await cp(join(root, 'dist/program'), join(copy.path, 'dist/program'), { recursive: true });
      const started = await startWith(
        ['sh', shim],
        ['check', '--static', '--env-file=missing.env'],
      );
      expect(started.code).toBe(withScripts ? 2 : 9);
    }
  });
});

interface PackageCopy extends AsyncDisposable {
  readonly path: string;
  readonly bin: string;
  readonly script: string;
}

/** Copies bin/ of this project to a folder of its own. */
async function packageCopy(): Promise<PackageCopy> {
  const copy = await tempFolder();
  await cp(join(root, 'bin'), join(copy.path, 'bin'), { recursive: true });
  const bin = join(copy.path, 'bin/portplan.js');
  await chmod(bin, 0o755);
  const script = join(copy.path, 'bin/preinstall.js');
  return { path: copy.path, bin, script, [Symbol.asyncDispose]: copy[Symbol.asyncDispose] };
}

/** Runs the program in the folder of these tests, with `node` on PATH; 20 s at most. */
async function startWith(
  start: readonly [string, ...string[]],
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<Result> {
  const [command, ...before] = start;
  return run(command, [...before, ...args], {
    cwd: folder.path,
    env: { ...environment(), DOCKER_HOST: 'unix:///nowhere/engine.sock', ...env },
    timeoutMs: 20_000,
  });
}

async function pack(path: string): Promise<string> {
  const { stdout } = await npm('pack', '--silent', '--pack-destination', folder.path, path);
  return join(folder.path, stdout.trim());
}

async function npm(...args: readonly string[]): Promise<Result> {
  const quiet = ['--offline', '--no-audit', '--no-fund'];
  return runOrThrow('npm', [...args, ...quiet], { cwd: folder.path, env: environment() });
}

function environment(): NodeJS.ProcessEnv {
  return {
    PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
    HOME: folder.path,
    npm_config_cache: join(folder.path, 'npm-cache'),
    npm_config_update_notifier: 'false',
  };
}

/** npm's own module for these shims, of the npm that is on PATH. */
function findCmdShim(): ((from: string, to: string) => Promise<unknown>) | undefined {
  const { stdout } = spawnSync('npm', ['root', '--global'], { encoding: 'utf8' });
  try {
    return createRequire(join(stdout.trim(), 'npm/package.json'))('cmd-shim');
  } catch {
    return undefined;
  }
}
