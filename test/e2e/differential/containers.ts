import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine } from '../../rig/engines.ts';
import { readSocketPorts } from './socket-rows.ts';
import { toPortBindings, type Wanted } from './wanted.ts';

/** The outcome of a container start. */
export type StartOutcome =
  | { readonly kind: 'started' }
  /** The engine's message names a port, an address or a publish as the reason. */
  | { readonly kind: 'refused'; readonly message: string };

const image = 'busybox:1';
const patienceMs = 10_000;
/** Matches engine errors that reject a start or a creation because of the publishes. */
const portReason =
  /address already in use|port is already allocated|all ports are allocated|cannot assign requested address|too many colons in address|conflicting port mappings|parsing "\d+-\d+": invalid syntax/;

/** Makes the image of all containers available. */
export async function pullImage(engine: Engine): Promise<void> {
  await engine.docker(['pull', image]);
}

/** Creates, but does not start, a container that waits and publishes ports. */
export async function createContainer(
  engine: Engine,
  name: string,
  wanted: readonly Wanted[],
): Promise<StartOutcome> {
  const PortBindings = toPortBindings(wanted);
  const ExposedPorts = Object.fromEntries(Object.keys(PortBindings).map((key) => [key, {}]));
  return post(engine, `/containers/create?name=${name}`, {
    ...{ Image: image, Cmd: ['sleep', '600'], ExposedPorts },
    HostConfig: { PortBindings },
  });
}

/** Creates a container that serves HTTP in the host's own network. */
export async function createServer(
  engine: Engine,
  name: string,
  address: string,
): Promise<StartOutcome> {
  return post(engine, `/containers/create?name=${name}`, {
    ...{ Image: image, Cmd: ['httpd', '-f', '-p', address, '-h', '/www'] },
    HostConfig: { NetworkMode: 'host' },
  });
}

/** Starts a created container with these publishes. */
export async function startContainer(
  engine: Engine,
  name: string,
  wanted: readonly Wanted[],
): Promise<StartOutcome> {
  if (engine.kind === 'docker') return post(engine, `/containers/${name}/start`);
  const before = await countSockets(engine, wanted);
  const outcome = await post(engine, `/containers/${name}/start`);
  if (outcome.kind === 'refused') await waitForCollection(engine, wanted, before);
  return outcome;
}

/**
 * Podman opens one port after the other. If one is taken, it leaves the open ones to Go's garbage collector
 * (libpod/oci_util.go, bindPorts); any further requests trigger a collection.
 */
async function waitForCollection(
  engine: Engine,
  wanted: readonly Wanted[],
  sockets: number,
): Promise<void> {
  for (const deadline = Date.now() + patienceMs; Date.now() < deadline; ) {
    if ((await countSockets(engine, wanted)) <= sockets) return;
    await Promise.all(Array.from({ length: 8 }, () => engine.api('GET', '/images/json')));
  }
  throw new Error('podman keeps ports of a container that did not start');
}

async function countSockets(engine: Engine, wanted: readonly Wanted[]): Promise<number> {
  const isWanted = (port: number): boolean =>
    wanted.some(({ first, count }) => first <= port && port < first + count);
  return (await readSocketPorts(engine)).filter(isWanted).length;
}

/** Kills the container, which stays in the state exited. */
export async function stopContainer(engine: Engine, name: string): Promise<void> {
  await orThrow(engine, 'POST', `/containers/${name}/stop?t=0`);
}

export async function pauseContainer(engine: Engine, name: string): Promise<void> {
  await orThrow(engine, 'POST', `/containers/${name}/pause`);
}

const removal = {
  docker: (name: string) => `/containers/${name}?force=true`,
  // Podman's Docker API waits for the stop timeout; its own API can skip it.
  podman: (name: string) => `/v4.0.0/libpod/containers/${name}?force=true&timeout=0`,
} as const;

export async function removeContainer(engine: Engine, name: string): Promise<void> {
  await orThrow(engine, 'DELETE', removal[engine.kind](name));
}

/** Returns the host ports of a running container, as `8080/tcp`. */
export async function readPorts(engine: Engine, name: string): Promise<readonly string[]> {
  const { NetworkSettings } = await inspect(engine, name);
  return Object.entries(NetworkSettings.Ports ?? {}).flatMap(([key, bound]) =>
    (bound ?? []).map(({ HostPort }) => `${HostPort}/${key.split('/')[1]}`),
  );
}

/** Starts a server and waits until it listens on its port; returns false if it exited instead. */
export async function startServer(engine: Engine, name: string, port: number): Promise<boolean> {
  const countListeners = async (): Promise<number> =>
    (await readSocketPorts(engine)).filter((one) => one === port).length;
  const before = await countListeners();
  await post(engine, `/containers/${name}/start`);
  for (const deadline = Date.now() + patienceMs; Date.now() < deadline; await sleep(20)) {
    if ((await countListeners()) > before) return true;
    if (!(await inspect(engine, name)).State.Running) return false;
  }
  throw new Error(`${name} does not listen on ${port}`);
}

interface Inspected {
  readonly State: { readonly Running: boolean };
  readonly NetworkSettings: {
    readonly Ports?: Readonly<Record<string, readonly { readonly HostPort: string }[] | null>>;
  };
}

async function inspect(engine: Engine, name: string): Promise<Inspected> {
  const { json, status, text } = await engine.api<Inspected>('GET', `/containers/${name}/json`);
  if (status !== 200) throw new Error(`inspect ${name}: ${status} ${text}`);
  return json;
}

async function post(engine: Engine, path: string, body?: unknown): Promise<StartOutcome> {
  const { status, json, text } = await engine.api<{ message?: string }>('POST', path, body);
  if (status < 300) return { kind: 'started' };
  const message = json?.message ?? '';
  if (portReason.test(message)) return { kind: 'refused', message };
  throw new Error(`POST ${path} ${JSON.stringify(body)}: ${status} ${text}`);
}

async function orThrow(engine: Engine, method: string, path: string): Promise<void> {
  const { status, text } = await engine.api(method, path);
  if (status >= 300 && status !== 404) throw new Error(`${method} ${path}: ${status} ${text}`);
}
