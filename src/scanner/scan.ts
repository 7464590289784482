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

/** Options of {@link scan}. */
export interface ScanOptions extends EndpointRequest {
  /** Timeout of each engine call, in ms. */
  readonly timeoutMs?: number | undefined;
  /** Waits longer for an engine that is busy but still responds to a ping. */
  readonly extendWhileAlive?: boolean | undefined;
  /** Also reads the ports of stopped containers: one inspection each. */
  readonly stopped?: boolean | undefined;
  /** Ports of interest. Only for these an extra bind decides whether a socket on `::` also takes IPv4. */
  readonly ports?: ReadonlySet<number> | (() => ReadonlySet<number>) | undefined;
  /** Work of the caller that runs while the engine responds, and ends before `ports` is called. */
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
  /** The engine; `undefined` when none responds. */
  readonly engine?: Engine | undefined;
  /** The host on which the engine publishes ports. */
  readonly publishHost?: PublishHost | undefined;
  readonly containers: readonly ListedContainer[];
  /** Whether binding a port on this host shows if the engine can bind it. */
  readonly canProbe: boolean;
}

export const defaultTimeoutMs = 5000;

/**
 * Reads the holders of the host's ports, concurrently: containers, swarm services and processes. A source that cannot be
 * read becomes a gap in the snapshot.
 * @throws PortplanError `invalid-usage`, `unknown-context`, `invalid-input` when the choice of an engine is invalid, and
 *   the error of `whileWaiting`
 */
export async function scan(options: ScanOptions = {}): Promise<ScanResult> {
  const { timeoutMs = defaultTimeoutMs } = options;
  const task = deferTask(options.whileWaiting);
  const [engine, processes, facts] = await Promise.all([
    readEngine({ ...options, timeoutMs, onRequested: task.start }),
    readProcesses(),
    readHostFacts(),
  ]);
  try {
    await task.join();
  } catch (error) {
    engine.engine?.client.close();
    throw error;
  }
  const isLocal = publishesHere(engine.publishHost);
  const canProbe = isLocal && engine.publishHost?.kind !== 'unsure';
  const ports = typeof options.ports === 'function' ? options.ports() : options.ports;
  const sockets = isLocal
    ? await resolveSockets(processes.sockets, ports, { canProbe, isListed: listedBy(engine) })
    : [];
  const bindings = mergeBindings(engine, sockets);
  return {
    snapshot: {
      bindings,
      sources: [
        engine.source,
        ...(engine.serviceSource ?? []),
        isLocal ? processes.source : distantProcesses(engine.publishHost),
      ],
      notes: [...engine.notes, ...hostNotes(facts, engine.publishHost)],
    },
    state: {
      bindings,
      rules: rulesFor(engine, facts, { isLocal }),
      ports: portFactsFor(engine, facts, { isLocal }),
    },
    facts,
    engine: engine.engine,
    publishHost: engine.publishHost,
    containers: engine.containers,
    canProbe,
    [Symbol.asyncDispose]: async () => engine.engine?.client.close(),
  };
}

/** Whether sockets of this host can conflict with the engine's ports; `true` without an engine. */
function publishesHere(publishHost: PublishHost | undefined): boolean {
  return publishHost === undefined || publishHost.kind !== 'other-host';
}

function distantProcesses(publishHost: PublishHost | undefined): Source {
  const where = publishHost?.kind === 'other-host' ? publishHost.where : 'another host';
  return {
    name: 'processes',
    status: 'absent',
    detail: `the engine publishes on ${where}: sockets of this host were not read`,
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
  const isAmbiguous = ({ port, dualStack }: HostSocket) =>
    ports.has(port) && dualStack === 'unknown';
  const lasting = await withoutProbes(sockets, ports, isListed);
  const ambiguous = lasting.filter(isAmbiguous);
  // The lock costs a listening socket, and few hosts have such a socket on an asked port.
  if (ambiguous.length === 0) return lasting;
  const resolved = await withProbeLock(() => resolveUnknownDualStack(ambiguous, probeEndpoint));
  return [...lasting.filter((socket) => !isAmbiguous(socket)), ...resolved];
}

/** Whether the engine lists a container on the port of a socket. */
function listedBy({ bindings }: EngineReading): (socket: HostSocket) => boolean {
  const listed = new Set(bindings.map(({ protocol, port }) => `${port}/${protocol}`));
  return ({ protocol, port }) => listed.has(`${port}/${protocol}`);
}
