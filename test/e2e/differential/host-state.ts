import type { Engine } from '../../rig/engines.ts';
import {
  type HeldSocket,
  holdSocket,
  type SocketRequest,
  type TcpState,
} from '../../rig/sockets.ts';
import {
  createContainer,
  createServer,
  pauseContainer,
  readPorts,
  removeContainer,
  startContainer,
  startServer,
  stopContainer,
} from './containers.ts';
import type { Random } from './random.ts';
import { formatWanted, randomWanted } from './wanted.ts';

/** A holder of a host port, and how a verdict must name it. */
export interface Obstacle {
  /** For the message of a failed test. */
  readonly description: string;
  /** `8080/tcp`. */
  readonly ports: readonly string[];
  readonly named:
    | { readonly kind: 'container'; readonly name: string }
    | { readonly kind: 'process'; readonly pid: number }
    /** A closed connection (TIME_WAIT), which no process owns. */
    | { readonly kind: 'ended-connection' }
    /** Listed in no table of the kernel. */
    | { readonly kind: 'unseen' };
}

/** A host with containers and sockets on a few ports. */
export interface HostState extends AsyncDisposable {
  /** The ports that the holders and publishes use. */
  readonly ports: readonly number[];
  readonly obstacles: readonly Obstacle[];
  /** Containers without ports, and holders that could not be created. */
  readonly bystanders: readonly string[];
}

export interface HostOptions {
  readonly ports: readonly number[];
  /** Name of a container, by its role. */
  readonly names: (role: string) => string;
}

const mostHolders = 6;

/**
 * Creates random holders on the host. Those that an earlier holder blocks are left out, so that this code needs no
 * rule of its own.
 */
export async function createHostState(
  engine: Engine,
  random: Random,
  { ports, names }: HostOptions,
): Promise<HostState> {
  const made: Made[] = [];
  const holders = Array.from({ length: 2 + random.below(mostHolders - 1) }, (_, index) =>
    names(`holder-${index}`),
  );
  const release = async (): Promise<void> => {
    const sockets = made.flatMap((one) => ('socket' in one ? one.socket : []));
    await Promise.all([
      ...sockets.map((socket) => socket[Symbol.asyncDispose]()),
      ...holders.map((name) => removeContainer(engine, name)),
    ]);
  };
  try {
    for (const name of holders) made.push(await makeHolder(engine, random, ports, name));
  } catch (error) {
    await release();
    throw error;
  }
  return {
    ports,
    obstacles: made.flatMap((one) => ('obstacle' in one ? one.obstacle : [])),
    bystanders: made.flatMap((one) => ('bystander' in one ? one.bystander : [])),
    [Symbol.asyncDispose]: release,
  };
}

type Made =
  | { readonly obstacle: Obstacle; readonly socket?: HeldSocket }
  | { readonly bystander: string };

function makeHolder(
  engine: Engine,
  random: Random,
  ports: readonly number[],
  name: string,
): Promise<Made> {
  const kind = random.weighted({ socket: 55, running: 26, paused: 4, stopped: 9, hostNetwork: 6 });
  switch (kind) {
    case 'socket':
      return makeSocket(engine, random, ports);
    case 'hostNetwork':
      return makeServer(engine, random, ports, name);
    case 'running':
    case 'paused':
    case 'stopped':
      return makeContainer(engine, random, ports, { name, kind });
    default:
      return kind satisfies never;
  }
}

async function makeContainer(
  engine: Engine,
  random: Random,
  ports: readonly number[],
  { name, kind }: { readonly name: string; readonly kind: 'running' | 'paused' | 'stopped' },
): Promise<Made> {
  const wanted = randomWanted(random, ports);
  const neverStarts = kind === 'stopped' && random.percent(50);
  const text = `${kind} container ${name}: ${wanted.map(formatWanted).join(' ')}`;
  const created = await createContainer(engine, name, wanted);
  if (created.kind === 'refused') return { bystander: `${text} (not created)` };
  if (neverStarts) return { bystander: `${text} (never started)` };
  const started = await startContainer(engine, name, wanted);
  if (started.kind === 'refused') return { bystander: `${text} (did not start)` };
  if (kind === 'stopped') {
    await stopContainer(engine, name);
    return { bystander: text };
  }
  const held = await readPorts(engine, name);
  if (kind === 'paused') await pauseContainer(engine, name);
  const description = `${text} → ${held.join(' ')}`;
  return { obstacle: { description, ports: held, named: { kind: 'container', name } } };
}

async function makeServer(
  engine: Engine,
  random: Random,
  ports: readonly number[],
  name: string,
): Promise<Made> {
  const port = random.pick(ports);
  const address = random.pick([`${port}`, `0.0.0.0:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`]);
  const description = `container ${name} in the host's network: httpd ${address}`;
  await createServer(engine, name, address);
  if (!(await startServer(engine, name, port))) return { bystander: `${description} (ended)` };
  return { obstacle: { description, ports: [`${port}/tcp`], named: { kind: 'container', name } } };
}

async function makeSocket(engine: Engine, random: Random, ports: readonly number[]): Promise<Made> {
  const request = randomSocket(random, random.pick(ports));
  const description = describeSocket(request);
  try {
    const socket = await holdSocket({ ...request, network: engine });
    const named = nameOf(request, socket.pid);
    const held = [`${socket.port}/${request.protocol}`];
    return {
      obstacle: { description: `${description} (pid ${socket.pid})`, ports: held, named },
      socket,
    };
  } catch (error) {
    return { bystander: `${description} (${lastOf(String(error).split(': '))})` };
  }
}

const specific = ['127.0.0.1', '127.0.0.2', '10.99.0.1', '::1', 'fd99::1', '::ffff:127.0.0.1'];
const everywhere = ['0.0.0.0', '0.0.0.0', '::', '::', '::'];
const tcpStates: Readonly<Record<TcpState, number>> = {
  listen: 48,
  bound: 18,
  established: 18,
  'time-wait': 8,
  'time-wait-server': 8,
};

function randomSocket(random: Random, port: number): SocketRequest {
  const flags = {
    v6only: random.percent(50),
    reuseAddr: random.percent(40),
    reusePort: random.percent(15),
  };
  if (random.percent(25)) {
    const address = random.pick([...everywhere, ...specific]);
    return { protocol: 'udp', state: 'bound', address, port, ...flags };
  }
  const state = random.weighted(tcpStates);
  // A connection needs an address that accepts connections.
  const bindable = state === 'listen' || state === 'bound';
  const address = random.pick([...(bindable ? everywhere : []), ...specific]);
  return { protocol: 'tcp', state, address, port, ...flags };
}

function describeSocket({ protocol, state, address, port, ...flags }: SocketRequest): string {
  const shown = [
    ...(flags.v6only && address.includes(':') ? ['v6only'] : []),
    ...(flags.reuseAddr ? ['reuseAddr'] : []),
    ...(flags.reusePort ? ['reusePort'] : []),
  ];
  return [`${protocol} ${state} ${address} ${port}`, ...shown].join(' ');
}

function nameOf({ protocol, state }: SocketRequest, pid: number): Obstacle['named'] {
  if (protocol === 'tcp' && state === 'bound') return { kind: 'unseen' };
  if (state === 'time-wait' || state === 'time-wait-server') return { kind: 'ended-connection' };
  return { kind: 'process', pid };
}

function lastOf(parts: readonly string[]): string {
  return (parts.at(-1) ?? '').trim();
}
