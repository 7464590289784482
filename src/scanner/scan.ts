import { type ListedContainer, listContainers } from '../engine/containers.ts';
import type { EndpointRequest } from '../engine/endpoints.ts';
import { formatEngineAddress } from '../engine/engine-address.ts';
import { inspectContainers } from '../engine/inspect.ts';
import { readBridge } from '../engine/networks.ts';
import { type Engine, openEngine } from '../engine/open-engine.ts';
import { type Reach, reachOfAddress, readReach } from '../engine/reach.ts';
import { listServices } from '../engine/services.ts';
import { PortplanError } from '../errors.ts';
import { anyIPv6 } from '../model/address.ts';
import type { Binding } from '../model/binding.ts';
import type { HostState, PortFacts } from '../model/host.ts';
import type { Snapshot, Source } from '../model/snapshot.ts';
import { defaultTraits, type EngineTraits, platformTraitsOf, type Rules } from '../model/traits.ts';
import { joinBindings } from './join-bindings.ts';
import { type HostFacts, readHostFacts } from './kernel.ts';
import { probeEndpoint } from './probe.ts';
import {
  type HostSocket,
  type ProcessReading,
  readProcesses,
  settleDualStack,
} from './processes/index.ts';

/** What to read, and from which engine. */
export interface ScanOptions extends EndpointRequest {
  /** Bounds each call to the engine; milliseconds. */
  readonly timeoutMs?: number | undefined;
  /** Waits longer for an engine that is busy and does not hang. */
  readonly patient?: boolean | undefined;
  /** Also what stopped containers will claim: one inspection each. */
  readonly stopped?: boolean | undefined;
  /** The ports that a verdict is wanted for: only for these an extra bind tells what the tables leave open. */
  readonly ports?: ReadonlySet<number> | undefined;
}

/** A host as it was at one moment, and the engine that was asked, for further questions. */
export interface ScannedHost {
  readonly snapshot: Snapshot;
  readonly state: HostState;
  readonly facts: HostFacts;
  /** The engine that answered, and whose ports it publishes. */
  readonly engine?: Engine | undefined;
  readonly reach?: Reach | undefined;
  readonly containers: readonly ListedContainer[];
  /** Whether binding a port here tells whether the engine can have it. */
  readonly canProbe: boolean;
}

export const defaultTimeoutMs = 5000;

/**
 * Reads who holds which port of this host: containers, swarm services and processes, asked side by side. A source that
 * cannot be read becomes a gap in the snapshot.
 * @throws PortplanError only where the engine that is meant cannot even be named: `invalid-usage`, `unknown-context`,
 *   `invalid-input`.
 */
export async function scan(options: ScanOptions = {}): Promise<ScannedHost> {
  const { timeoutMs = defaultTimeoutMs } = options;
  const [engine, processes, facts] = await Promise.all([
    readEngine({ ...options, timeoutMs }),
    readProcesses(),
    readHostFacts(),
  ]);
  const local = seesProcesses(engine.reach);
  const canProbe = local && engine.reach?.kind !== 'unsure';
  const sockets = local ? await settleSockets(processes.sockets, options.ports, canProbe) : [];
  const bindings = joinBindings(engine, sockets);
  return {
    snapshot: {
      bindings,
      sources: [
        engine.source,
        ...(engine.serviceSource ?? []),
        local ? processes.source : distantProcesses(engine.reach),
      ],
      notes: [...engine.notes, ...hostNotes(facts, engine.reach)],
    },
    state: {
      bindings,
      rules: rulesFor(engine, facts, local),
      ports: portFactsFor(engine, facts, local),
    },
    facts,
    engine: engine.engine,
    reach: engine.reach,
    containers: engine.containers,
    canProbe,
  };
}

/** What an engine told. */
export interface EngineReading {
  readonly source: Source;
  readonly serviceSource?: readonly Source[] | undefined;
  readonly notes: readonly string[];
  readonly engine?: Engine | undefined;
  readonly reach?: Reach | undefined;
  readonly traits: EngineTraits;
  readonly containers: readonly ListedContainer[];
  /** What running containers hold, and stopped ones claim. */
  readonly bindings: readonly Binding[];
  readonly services: readonly Binding[];
}

const nothing = { traits: defaultTraits, containers: [], bindings: [], services: [] } as const;

async function readEngine(
  options: ScanOptions & { readonly timeoutMs: number },
): Promise<EngineReading> {
  const search = await openEngine(options);
  if (search.kind === 'none') {
    const { error, gap, notes, address } = search;
    const source: Source = {
      name: 'engine',
      status: gap ? 'gap' : 'absent',
      detail: error.message,
      hint: error.hint,
    };
    return { ...nothing, source, notes, reach: address && reachOfAddress(address) };
  }
  const { engine, notes } = search;
  try {
    return await readOpenEngine(engine, { ...options, notes });
  } catch (error) {
    if (!(error instanceof PortplanError)) throw error;
    const source: Source = {
      name: 'engine',
      status: 'gap',
      detail: error.message,
      hint: error.hint,
    };
    return { ...nothing, source, notes, engine };
  }
}

async function readOpenEngine(
  engine: Engine,
  { stopped = false, notes }: ScanOptions & { readonly notes: readonly string[] },
): Promise<EngineReading> {
  const [reach, containers, bridge, services] = await Promise.all([
    readReach(engine),
    listContainers(engine, { all: stopped }),
    engine.kind === 'docker' ? readBridge(engine) : undefined,
    engine.facts.swarmManager ? listServices(engine) : [],
  ]);
  const idle = containers.filter(({ state }) => state !== 'running' && state !== 'paused');
  const claims = stopped
    ? await inspectContainers(
        engine,
        idle.flatMap(({ holder }) => holder.id ?? []),
      )
    : [];
  const traits = {
    ...engine.traits,
    ...(bridge?.anyAddresses && { anyAddresses: bridge.anyAddresses }),
  };
  return {
    source: {
      name: 'engine',
      status: 'read',
      detail: `${describeEngine(engine)}, ${count(containers.length, 'container')}`,
    },
    serviceSource: engine.facts.swarmManager
      ? [
          {
            name: 'services',
            status: 'read',
            detail: `${count(services.length, 'port')} of swarm services`,
          },
        ]
      : undefined,
    notes: bridge?.routed
      ? [...notes, 'the default bridge is routed: containers on it publish no host ports']
      : notes,
    engine,
    reach,
    traits,
    containers,
    bindings: [...containers, ...claims.map(({ wanted }) => ({ bindings: wanted }))].flatMap(
      ({ bindings }) => bindings,
    ),
    services,
  };
}

/** `Docker 28.5.2, unix:///var/run/docker.sock`. */
export function describeEngine({ kind, version, address, facts }: Engine): string {
  const name = kind === 'podman' ? 'Podman' : 'Docker';
  return `${facts.rootless ? 'rootless ' : ''}${name} ${version.replace(/\+.*$/, '')}, ${formatEngineAddress(address)}`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** Whether this host's own sockets can be in the engine's way; without an engine they are all there is. */
function seesProcesses(reach: Reach | undefined): boolean {
  return reach === undefined || reach.kind !== 'elsewhere';
}

function distantProcesses(reach: Reach | undefined): Source {
  const where = reach?.kind === 'elsewhere' ? reach.where : 'another host';
  return {
    name: 'processes',
    status: 'absent',
    detail: `the engine publishes on ${where}: the sockets of this host say nothing about it`,
  };
}

async function settleSockets(
  sockets: ProcessReading['sockets'],
  ports: ReadonlySet<number> | undefined,
  canProbe: boolean,
): Promise<readonly HostSocket[]> {
  if (!canProbe || ports === undefined) return sockets;
  const [open, settled] = [[] as HostSocket[], [] as HostSocket[]];
  for (const socket of sockets)
    (ports.has(socket.port) && socket.dualStack === 'unknown' ? open : settled).push(socket);
  return [...settled, ...(await settleDualStack(open, probeEndpoint))];
}

function hostNotes(facts: HostFacts, reach: Reach | undefined): readonly string[] {
  return [
    ...(reach?.kind === 'unsure'
      ? [`it is not certain that the engine publishes on this host: ${reach.why}`]
      : []),
    ...(reach?.kind === 'forwarded-silently'
      ? [
          `${reach.by} starts a container even when its port is taken on this host, and then does not forward it`,
        ]
      : []),
    ...(facts.insideContainer && reach === undefined
      ? ['portplan runs in a container and sees the sockets of that container only']
      : []),
    ...(facts.wsl
      ? ['this is WSL: programs of Windows hold ports that are not seen from here']
      : []),
  ];
}

function rulesFor({ traits }: EngineReading, facts: HostFacts, local: boolean): Rules {
  const hasIPv6 = !local || facts.ipv6;
  const anyAddresses = hasIPv6
    ? traits.anyAddresses
    : traits.anyAddresses.filter((address) => address !== anyIPv6);
  return {
    ...traits,
    anyAddresses,
    platform: platformTraitsOf(local ? facts.platform : 'linux'),
    ephemeral: facts.ephemeral,
  };
}

function portFactsFor({ engine }: EngineReading, facts: HostFacts, local: boolean): PortFacts {
  const rootless = local && engine?.facts.rootless === true;
  return {
    platform: local ? facts.platform : 'linux',
    ephemeral: facts.ephemeral,
    reserved: local ? facts.reserved : [],
    excluded: local ? facts.excluded : [],
    firstPort: rootless ? facts.unprivilegedStart : 1,
  };
}
