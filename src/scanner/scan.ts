import type { EndpointRequest } from '../engine/connect/endpoints.ts';
import type { PublishHost } from '../engine/connect/publish-host.ts';
import type { ListedContainer } from '../engine/containers/list.ts';
import type { Engine } from '../engine/open-engine.ts';
import type { OnProgress } from '../model/findings/progress.ts';
import type { HostState } from '../model/host/host-state.ts';
import type { Snapshot, Source } from '../model/host/snapshot.ts';
import { deferTask } from './deferred-task.ts';
import { type HostFacts, readHostFacts } from './host-facts.ts';
import { hostNotes, portFactsFor, rulesFor } from './host-rules.ts';
import { mergeBindings } from './merge-bindings.ts';
import { withoutProbes } from './probe/passing-probes.ts';
import { probeEndpoint } from './probe/probe.ts';
import { withProbeLock } from './probe/probe-lock.ts';
import { type EngineReading, readEngine } from './read-engine.ts';
import {
  type HostSocket,
  type ProcessReading,
  readProcesses,
  resolveUnknownDualStack,
} from './sockets/read-sockets.ts';

/** What to read, and from which engine. */
export interface ScanOptions extends EndpointRequest {
  /** Bounds each call to the engine; milliseconds. */
  readonly timeoutMs?: number | undefined;
  /** Waits longer for an engine that is busy and does not hang. */
  readonly extendWhileAlive?: boolean | undefined;
  /** Also what stopped containers will claim: one inspection each. */
  readonly stopped?: boolean | undefined;
  /** The ports that a verdict is wanted for: only for these an extra bind tells what the tables leave open. */
  readonly ports?: ReadonlySet<number> | (() => ReadonlySet<number>) | undefined;
  /** Work of the caller's own, done before `ports` is called, that fits into the time that the engine takes. */
  readonly whileWaiting?: (() => Promise<unknown>) | undefined;
  readonly onProgress?: OnProgress | undefined;
}

/**
 * The state of a host at one moment, and the open connection to its engine. Dispose it to close that connection:
 * `await using host = await scan()`.
 */
export interface ScanResult extends AsyncDisposable {
  readonly snapshot: Snapshot;
  readonly state: HostState;
  readonly facts: HostFacts;
  /** The engine that answered, and whose ports it publishes. */
  readonly engine?: Engine | undefined;
  readonly publishHost?: PublishHost | undefined;
  readonly containers: readonly ListedContainer[];
  /** Whether binding a port here tells whether the engine can have it. */
  readonly canProbe: boolean;
}

export const defaultTimeoutMs = 5000;

/**
 * Reads who holds which port of this host: containers, swarm services and processes, asked side by side. A source that
 * cannot be read becomes a gap in the snapshot.
 * @throws PortplanError only where the engine that is meant cannot even be named: `invalid-usage`, `unknown-context`,
 *   `invalid-input`. And what `meanwhile` throws.
 */
export async function scan(options: ScanOptions = {}): Promise<ScanResult> {
  const { timeoutMs = defaultTimeoutMs } = options;
  const meanwhile = deferTask(options.whileWaiting);
  const [engine, processes, facts] = await Promise.all([
    readEngine({ ...options, timeoutMs, onRequested: meanwhile.start }),
    readProcesses(),
    readHostFacts(),
  ]);
  try {
    await meanwhile.join();
  } catch (error) {
    engine.engine?.client.close();
    throw error;
  }
  const local = seesProcesses(engine.publishHost);
  const canProbe = local && engine.publishHost?.kind !== 'unsure';
  const ports = typeof options.ports === 'function' ? options.ports() : options.ports;
  const sockets = local
    ? await resolveSockets(processes.sockets, ports, { canProbe, isListed: listedBy(engine) })
    : [];
  const bindings = mergeBindings(engine, sockets);
  return {
    snapshot: {
      bindings,
      sources: [
        engine.source,
        ...(engine.serviceSource ?? []),
        local ? processes.source : distantProcesses(engine.publishHost),
      ],
      notes: [...engine.notes, ...hostNotes(facts, engine.publishHost)],
    },
    state: {
      bindings,
      rules: rulesFor(engine, facts, local),
      ports: portFactsFor(engine, facts, local),
    },
    facts,
    engine: engine.engine,
    publishHost: engine.publishHost,
    containers: engine.containers,
    canProbe,
    [Symbol.asyncDispose]: async () => engine.engine?.client.close(),
  };
}

/** Whether this host's own sockets can be in the engine's way; without an engine they are all there is. */
function seesProcesses(reach: PublishHost | undefined): boolean {
  return reach === undefined || reach.kind !== 'other-host';
}

function distantProcesses(reach: PublishHost | undefined): Source {
  const where = reach?.kind === 'other-host' ? reach.where : 'another host';
  return {
    name: 'processes',
    status: 'absent',
    detail: `the engine publishes on ${where}: the sockets of this host say nothing about it`,
  };
}

async function resolveSockets(
  sockets: ProcessReading['sockets'],
  ports: ReadonlySet<number> | undefined,
  {
    canProbe,
    isListed,
  }: { readonly canProbe: boolean; readonly isListed: (socket: HostSocket) => boolean },
): Promise<readonly HostSocket[]> {
  if (!canProbe || ports === undefined) return sockets;
  const lasting = await withoutProbes(sockets, ports, isListed);
  const [open, settled] = [[] as HostSocket[], [] as HostSocket[]];
  for (const socket of lasting)
    (ports.has(socket.port) && socket.dualStack === 'unknown' ? open : settled).push(socket);
  return [...settled, ...(await withProbeLock(() => resolveUnknownDualStack(open, probeEndpoint)))];
}

/** Whether the engine lists a container on the port of a socket. */
function listedBy({ bindings }: EngineReading): (socket: HostSocket) => boolean {
  const listed = new Set(bindings.map(({ protocol, port }) => `${port}/${protocol}`));
  return ({ protocol, port }) => listed.has(`${port}/${protocol}`);
}
