import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { request } from 'node:http';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, jest, test } from '@jest/globals';
import { type EngineName, engineNames, engineScript, findUnusable } from './engine-set.ts';
import { type Result, type RunOptions, run, runOrThrow } from './run.ts';

/** An answer of the engine's HTTP API. */
interface ApiAnswer<Json> {
  readonly status: number;
  /** The body, if it is JSON; a stream of JSON lines is in `text` only. */
  readonly json: Json;
  readonly text: string;
}

interface InNetworkOptions extends Omit<RunOptions, 'env'> {
  /** Added to the engine's `env`; undefined takes a variable away. */
  readonly env?: NodeJS.ProcessEnv | undefined;
}

interface DockerOptions extends InNetworkOptions {
  /** Resolve whatever the exit code; without it a failure rejects with the output. */
  readonly allowFailure?: boolean | undefined;
}

/** A real engine in a network namespace of its own; its methods are for the time of the tests, not of their collection. */
export interface Engine {
  readonly name: EngineName;
  readonly kind: 'docker' | 'podman';
  readonly socketPath: string;
  /** `unix://…`, reachable from every network namespace. */
  readonly dockerHost: string;
  /** DOCKER_HOST, DOCKER_CONFIG (with the compose plugin) and PATH. */
  readonly env: Readonly<Record<string, string>>;
  /** For `nsenter --net=`. */
  readonly networkFile: string;
  /** Runs a command in the engine's network namespace. Never rejects for an exit code. */
  inNetwork(command: string, args: readonly string[], options?: InNetworkOptions): Promise<Result>;
  /** Starts a command there; its pid is the command's own. The caller ends it. */
  spawnInNetwork(
    command: string,
    args: readonly string[],
    options?: InNetworkOptions,
  ): ChildProcessWithoutNullStreams;
  /** The real docker command line against this engine. */
  docker(args: readonly string[], options?: DockerOptions): Promise<Result>;
  /** `docker compose`; `cwd` is the project's folder. */
  compose(args: readonly string[], options?: DockerOptions): Promise<Result>;
  /** One request over the engine's socket; `path` as in `/containers/json?all=1`. */
  api<Json = unknown>(method: string, path: string, body?: unknown): Promise<ApiAnswer<Json>>;
  /** Containers, their anonymous volumes, and networks that were made. */
  removeAllContainers(): Promise<void>;
  removeAllImages(): Promise<void>;
  /** SIGSTOP: it accepts connections and never answers. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** SIGKILL to it and, as in a power cut, to all of its containers. */
  kill(): Promise<void>;
  /** Stops it with SIGTERM and starts it on its data, with further flags of dockerd. Also after `kill`. */
  restart(flags?: readonly string[]): Promise<void>;
}

/**
 * A `describe` for each of the engines. It has the engine for itself: other test files wait. The engine is up and without
 * containers when the first test of the block begins; images stay from block to block.
 * Where an engine cannot be used the tests are skipped (the reason is printed once at the start of the run); with `CI`
 * set that is a failure, unless PORTPLAN_TEST_ENGINES leaves the engine out. The tests of the file may take 60 s each.
 */
export function describeEngines(
  title: string,
  names: readonly EngineName[],
  body: (engine: Engine) => void,
): void {
  const unusable = findUnusable();
  jest.setTimeout(60_000);
  describe.each(names)(`${title} (%s)`, (name) => {
    const reason = unusable[name];
    if (reason === undefined) {
      body(useEngine(name));
    } else if (process.env.CI !== undefined && !reason.includes('PORTPLAN_TEST_ENGINES')) {
      test(`${name} can be used`, () => {
        throw new Error(`${name}: ${reason}`);
      });
    } else {
      describe.skip(reason, () => body(engineOf(name)));
    }
  });
}

/** All engines, for `describeEngines`. */
export const allEngines: readonly EngineName[] = engineNames;

function useEngine(name: EngineName): Engine {
  const engine = engineOf(name);
  let release: (() => Promise<void>) | undefined;
  beforeAll(async () => {
    release = await lock(`${dirname(engine.socketPath)}.use`);
    await script(['up', name]);
    // Podman keeps the ports of a start that failed half-way until its collector runs: not for the next one.
    if (name === 'podman') await script(['restart', name]);
    await engine.removeAllContainers();
  }, 300_000);
  afterAll(async () => {
    try {
      if (restarted.delete(name)) throw new Error('it runs with other flags');
      await engine.removeAllContainers();
    } catch {
      await script(['down', name]); // paused, dead or stuck: the next one gets a new engine
    } finally {
      await release?.();
    }
  }, 120_000);
  return engine;
}

const restarted = new Set<EngineName>();

function engineOf(name: EngineName): Engine {
  const { NETWORK: networkFile = '', ...env } = readEnvironment(name);
  const dockerHost = env.DOCKER_HOST ?? '';
  const socketPath = dockerHost.replace('unix://', '');
  const kind = name === 'podman' ? 'podman' : 'docker';

  const enter = (command: string, args: readonly string[]): readonly string[] => [
    `--net=${networkFile}`,
    '--',
    command,
    ...args,
  ];
  const withEnv = (options: InNetworkOptions): RunOptions => ({
    ...options,
    env: { ...env, HOME: '/nonexistent', ...options.env },
  });
  const docker: Engine['docker'] = (args, { allowFailure = false, ...options } = {}) =>
    (allowFailure ? run : runOrThrow)('nsenter', enter('docker', args), {
      timeoutMs: 60_000,
      ...withEnv(options),
    });
  const api: Engine['api'] = (method, path, body) => callApi(socketPath, method, path, body);

  return {
    name,
    kind,
    socketPath,
    dockerHost,
    env,
    networkFile,
    inNetwork: (command, args, options = {}) =>
      run('nsenter', enter(command, args), withEnv(options)),
    spawnInNetwork: (command, args, options = {}) =>
      spawn('nsenter', enter(command, args), {
        ...withEnv(options),
        detached: true,
        stdio: 'pipe',
      }),
    docker,
    compose: (args, options) => docker(['compose', ...args], options),
    api,
    removeAllContainers: () => removeAllContainers(api, kind),
    removeAllImages: () => removeAllImages(api),
    pause: () => script(['pause', name]),
    resume: () => script(['resume', name]),
    kill: () => script(['kill', name]),
    async restart(flags = []) {
      if (flags.length > 0) restarted.add(name);
      await script(['restart', name, ...flags]);
    },
  };
}

/** @throws with the output of the script if it fails */
async function script(args: readonly string[]): Promise<void> {
  await runOrThrow('bash', [engineScript, ...args], { timeoutMs: 120_000 });
}

function readEnvironment(name: EngineName): Record<string, string> {
  const { stdout } = spawnSync('bash', [engineScript, 'env', name], { encoding: 'utf8' });
  const lines = (stdout ?? '').split('\n').filter((line) => line !== '');
  return Object.fromEntries(lines.map((line) => line.split(/=(.*)/s, 2) as [string, string]));
}

/** Waits for a lock that the kernel releases when this process ends. */
async function lock(file: string): Promise<() => Promise<void>> {
  mkdirSync(dirname(file), { recursive: true });
  const holder = spawn('flock', ['-w', '240', file, 'sh', '-c', 'echo held; exec cat'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const exited = once(holder, 'exit');
  const held = once(holder.stdout, 'data');
  await Promise.race([held, exited]);
  if (holder.exitCode !== null) throw new Error(`no lock on ${file} within 240 s`);
  return async () => {
    holder.stdin.end();
    await exited;
  };
}

function callApi<Json>(
  socketPath: string,
  method: string,
  path: string,
  body: unknown,
): Promise<ApiAnswer<Json>> {
  const payload = body === undefined ? undefined : JSON.stringify(body);
  const headers = payload === undefined ? {} : { 'content-type': 'application/json' };
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(60_000);
    const call = request({ socketPath, method, path, headers, signal, agent: false }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk: string) => {
        text += chunk;
      });
      answer.once('error', reject);
      answer.once('end', () =>
        resolve({ status: answer.statusCode ?? 0, json: toJson(text) as Json, text }),
      );
    });
    call.once('error', reject);
    call.end(payload);
  });
}

function toJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

interface Listed {
  readonly Id: string;
  readonly Name?: string;
}

// Podman's Docker API waits for the stop timeout of each container; its own API can skip it.
const removal = {
  docker: (id: string) => `/containers/${id}?force=true&v=true`,
  podman: (id: string) => `/v4.0.0/libpod/containers/${id}?force=true&v=true&timeout=0`,
} as const;
const builtInNetworks: readonly string[] = ['bridge', 'host', 'none', 'podman'];

async function removeAllContainers(api: Engine['api'], kind: Engine['kind']): Promise<void> {
  const containers = await list(api, '/containers/json?all=true');
  await Promise.all(containers.map(({ Id }) => remove(api, removal[kind](Id))));
  const networks = await list(api, '/networks');
  const made = networks.filter(({ Name = '' }) => !builtInNetworks.includes(Name));
  await Promise.all(made.map(({ Id }) => remove(api, `/networks/${Id}`)));
}

async function removeAllImages(api: Engine['api']): Promise<void> {
  const images = await list(api, '/images/json?all=true');
  for (const { Id } of images) await remove(api, `/images/${Id}?force=true`);
}

async function list(api: Engine['api'], path: string): Promise<readonly Listed[]> {
  const { status, json, text } = await api<readonly Listed[]>('GET', path);
  if (status !== 200) throw new Error(`GET ${path}: ${status} ${text}`);
  return json;
}

async function remove(api: Engine['api'], path: string): Promise<void> {
  const { status, text } = await api('DELETE', path);
  const gone = status < 300 || status === 404;
  if (!gone) throw new Error(`DELETE ${path}: ${status} ${text}`);
}
