import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { delimiter, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { toolPath } from './engine-set.ts';
import type { Engine } from './engines.ts';
import { killGroup, type Result, run } from './run.ts';
import { type TempFolder, tempFolder } from './temp.ts';

export interface PortplanOptions {
  /** Run inside this engine's network namespace, with its DOCKER_HOST and DOCKER_CONFIG. */
  readonly engine?: Engine | undefined;
  readonly cwd?: string | undefined;
  /** Added to the clean environment; undefined removes a variable (also DOCKER_HOST of an engine). */
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** Flags of node itself. */
  readonly nodeArgs?: readonly string[] | undefined;
  /** The program. Default: bin/portplan.js. */
  readonly bin?: string | undefined;
}

export interface PortplanRunOptions extends PortplanOptions {
  /** Text for stdin. Default: empty; stdin is never a terminal. */
  readonly input?: string | undefined;
  /** Default 30 000; after it the program is killed and the promise rejects. */
  readonly timeoutMs?: number | undefined;
  /** A command that gets the program's command line as its arguments and runs it. */
  readonly wrapper?: readonly string[] | undefined;
}

const ownBin = fileURLToPath(new URL('../../bin/portplan.js', import.meta.url));
const terminalScript = fileURLToPath(new URL('terminal.pl', import.meta.url));

/**
 * Runs the real program to its end in a process of its own. Its environment is clean: PATH (with the docker command line),
 * what the system needs, and a HOME that is empty and removed afterwards. Nothing of the caller's DOCKER_*, COMPOSE_*,
 * PORTPLAN_*, NODE_* or CI variables is there.
 * Rejects only when the program could not be started or had to be killed; see `run`.
 */
export async function portplan(
  args: readonly string[],
  options: PortplanRunOptions = {},
): Promise<Result> {
  await using home = await tempFolder();
  const [command, ...rest] = commandLine(args, options, options.wrapper);
  return await run(command, rest, {
    cwd: options.cwd,
    env: cleanEnvironment(home, options),
    input: options.input,
    timeoutMs: options.timeoutMs,
  });
}

export interface PortplanSpawnOptions extends PortplanOptions {
  /**
   * Run it on a terminal (Linux, perl): what is written to stdin is typed (`\x03` is Ctrl-C), and its stdout and stderr
   * both arrive on stdout, with `\r\n`. Default false: three pipes.
   */
  readonly terminal?: boolean | undefined;
}

/** A running program; disposing of it kills it and its children. */
export interface RunningPortplan extends AsyncDisposable {
  readonly child: ChildProcessWithoutNullStreams;
  /** The output so far. */
  readonly stdout: string;
  readonly stderr: string;
  /** Waits until the output contains the text, and returns the output; rejects with it after `timeoutMs` (10 000). */
  waitForStdout(text: string | RegExp, timeoutMs?: number): Promise<string>;
  waitForStderr(text: string | RegExp, timeoutMs?: number): Promise<string>;
  /** Ctrl-C, as a terminal sends it: SIGINT to the program and its children. */
  interrupt(): void;
  /** Waits for the exit; rejects after `timeoutMs` (30 000). */
  ended(timeoutMs?: number): Promise<Result>;
}

/**
 * Starts the program as `portplan` does, for tests that talk to it or send signals: `child.kill('SIGTERM')` reaches the
 * program itself, `child.stdin.write` its stdin. It is killed after two minutes.
 */
export async function spawnPortplan(
  args: readonly string[],
  options: PortplanSpawnOptions = {},
): Promise<RunningPortplan> {
  const home = await tempFolder();
  const { terminal = false } = options;
  const [command, ...rest] = commandLine(args, options, terminal ? ['perl', terminalScript] : []);
  const child = spawn(command, rest, {
    cwd: options.cwd,
    env: { ...(terminal && { TERM: 'xterm' }), ...cleanEnvironment(home, options) },
    detached: true,
    stdio: 'pipe',
  });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
    });
  }
  child.stdin.on('error', () => {}); // it may end without reading
  const closed = once(child, 'close');
  closed.catch(() => {});
  const killer = setTimeout(() => killGroup(child), 120_000);
  child.once('close', () => clearTimeout(killer));

  const waitFor = async (
    name: 'stdout' | 'stderr',
    wanted: string | RegExp,
    timeoutMs = 10_000,
  ): Promise<string> => {
    const found = (): boolean =>
      typeof wanted === 'string' ? output[name].includes(wanted) : wanted.test(output[name]);
    const deadline = Date.now() + timeoutMs;
    while (!found()) {
      if (child.exitCode !== null || child.signalCode !== null) {
        await closed;
        if (found()) break;
        throw new Error(`the program ended before ${wanted} was on ${name}\n${show(output)}`);
      }
      if (Date.now() > deadline) {
        throw new Error(`no ${wanted} on ${name} within ${timeoutMs} ms\n${show(output)}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return output[name];
  };

  return {
    child,
    get stdout() {
      return output.stdout;
    },
    get stderr() {
      return output.stderr;
    },
    waitForStdout: (text, timeoutMs) => waitFor('stdout', text, timeoutMs),
    waitForStderr: (text, timeoutMs) => waitFor('stderr', text, timeoutMs),
    interrupt: () => killGroup(child, 'SIGINT'),
    async ended(timeoutMs = 30_000) {
      let late = false;
      const timer = setTimeout(() => {
        late = true;
        killGroup(child);
      }, timeoutMs);
      const [code, signal] = (await closed) as [number | null, NodeJS.Signals | null];
      clearTimeout(timer);
      if (late) throw new Error(`did not end within ${timeoutMs} ms, was killed\n${show(output)}`);
      return { code, signal, ...output };
    },
    async [Symbol.asyncDispose]() {
      killGroup(child);
      await closed.catch(() => {});
      await home[Symbol.asyncDispose]();
    },
  };
}

/** Starts node as an installed program does: behind `--`, node does not read --env-file (bin/preinstall.js). */
function commandLine(
  args: readonly string[],
  { engine, nodeArgs = [], bin = ownBin }: PortplanOptions,
  wrapper: readonly string[] = [],
): readonly [string, ...string[]] {
  const network = engine === undefined ? [] : ['nsenter', `--net=${engine.networkFile}`, '--'];
  const [command = '', ...rest] = [
    ...[...network, ...wrapper],
    ...[process.execPath, ...nodeArgs, '--', bin, ...args],
  ];
  return [command, ...rest];
}

// Without these a program does not start, or finds no temporary folder, on one of the systems.
const needed = ['SystemRoot', 'ComSpec', 'PATHEXT', 'TEMP', 'TMP', 'TMPDIR', 'LANG', 'LC_ALL'];

function cleanEnvironment(home: TempFolder, options: PortplanOptions): NodeJS.ProcessEnv {
  const path = process.platform === 'win32' ? process.env.PATH : toolPath;
  return {
    ...Object.fromEntries(needed.map((name) => [name, process.env[name]])),
    HOME: home.path,
    USERPROFILE: home.path,
    LOCALAPPDATA: home.path,
    APPDATA: home.path,
    PATH: [dirname(process.execPath), path].join(delimiter),
    ...(options.engine && {
      DOCKER_HOST: options.engine.env.DOCKER_HOST,
      DOCKER_CONFIG: options.engine.env.DOCKER_CONFIG,
    }),
    ...options.env,
  };
}

function show(output: { readonly stdout: string; readonly stderr: string }): string {
  return `stdout: ${output.stdout}\nstderr: ${output.stderr}`;
}
