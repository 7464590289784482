import type { ClientOptions } from '../engine/client/client.ts';
import { formatEngineAddress } from '../engine/connect/address.ts';
import type { EndpointRequest } from '../engine/connect/endpoints.ts';
import {
  type PublishHost,
  publishHostOfAddress,
  resolvePublishHost,
} from '../engine/connect/publish-host.ts';
import { inspectContainers } from '../engine/containers/inspect.ts';
import { type ListedContainer, listContainers } from '../engine/containers/list.ts';
import { readBridge } from '../engine/networks/networks.ts';
import { listServices } from '../engine/networks/swarm-services.ts';
import { type Engine, type NegotiatedEngine, openEngine } from '../engine/open-engine.ts';
import { PortplanError } from '../errors.ts';
import type { OnProgress } from '../model/findings/progress.ts';
import type { Binding } from '../model/host/binding.ts';
import { defaultTraits, type EngineTraits } from '../model/host/engine-traits.ts';
import type { Source } from '../model/host/snapshot.ts';

/** The engine to read, and the amount of detail. */
export interface EngineOptions extends EndpointRequest, ClientOptions {
  /** Also reads the ports of stopped containers: one inspection each. */
  readonly stopped?: boolean | undefined;
  /** Called when all requests that depend on no response have been sent. */
  readonly onRequested?: (() => void) | undefined;
  readonly onProgress?: OnProgress | undefined;
}

/** The containers, services and bindings of an engine. */
export interface EngineReading {
  readonly source: Source;
  readonly serviceSource?: readonly Source[] | undefined;
  readonly notes: readonly string[];
  readonly engine?: Engine | undefined;
  readonly publishHost?: PublishHost | undefined;
  readonly traits: EngineTraits;
  readonly containers: readonly ListedContainer[];
  /** Ports held by running containers and, if requested, configured for stopped ones. */
  readonly bindings: readonly Binding[];
  readonly services: readonly Binding[];
}

const noBindings = { traits: defaultTraits, containers: [], bindings: [], services: [] } as const;

/** Finds the engine and reads its containers, services and ports. An engine that fails becomes a gap in `source`. */
export async function readEngine(options: EngineOptions): Promise<EngineReading> {
  let lists: Lists | undefined;
  const search = await openEngine({
    ...options,
    onNegotiated: (negotiated) => {
      lists = requestLists(negotiated, options);
      options.onRequested?.();
    },
  });
  if (search.kind === 'none') {
    const { error, gap, notes, address } = search;
    const source: Source = {
      name: 'engine',
      status: gap ? 'gap' : 'absent',
      detail: error.message,
      hint: error.hint,
    };
    return { ...noBindings, source, notes, publishHost: address && publishHostOfAddress(address) };
  }
  const { engine, notes } = search;
  try {
    return await readOpenEngine(engine, lists ?? requestLists(engine, options), {
      ...options,
      notes,
    });
  } catch (error) {
    if (!(error instanceof PortplanError)) throw error;
    const source: Source = {
      name: 'engine',
      status: 'gap',
      detail: error.message,
      hint: error.hint,
    };
    return { ...noBindings, source, notes, engine };
  }
}

type Lists = ReturnType<typeof requestLists>;

/** Sends the requests that need no engine facts. The caller that awaits a response handles its error. */
function requestLists(engine: NegotiatedEngine, { stopped = false }: EngineOptions) {
  const containers = listContainers(engine, { all: stopped });
  const bridge = engine.kind === 'docker' ? readBridge(engine) : Promise.resolve(undefined);
  containers.catch(() => {});
  bridge.catch(() => {});
  return { containers, bridge };
}

async function readOpenEngine(
  engine: Engine,
  lists: Lists,
  { stopped = false, onProgress, notes }: EngineOptions & { readonly notes: readonly string[] },
): Promise<EngineReading> {
  const [publishHost, containers, bridge, services] = await Promise.all([
    resolvePublishHost(engine),
    lists.containers,
    lists.bridge,
    engine.facts.swarmManager ? listServices(engine) : [],
  ]);
  const stoppedContainers = containers.filter(
    ({ state }) => state !== 'running' && state !== 'paused',
  );
  const inspected = stopped
    ? await inspectContainers(
        engine,
        stoppedContainers.flatMap(({ holder }) => holder.id ?? []),
        onProgress,
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
      detail: `${formatEngine(engine)}, ${count(containers.length, 'container')}`,
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
      ? [...notes, 'the default bridge network is routed: its containers publish no host ports']
      : notes,
    engine,
    publishHost,
    traits,
    containers,
    bindings: [...containers, ...inspected.map(({ wanted }) => ({ bindings: wanted }))].flatMap(
      ({ bindings }) => bindings,
    ),
    services,
  };
}

/** Returns the name, version and address of an engine: `Docker 28.5.2, unix:///var/run/docker.sock`. */
export function formatEngine({ kind, version, address, facts }: Engine): string {
  const name = kind === 'podman' ? 'Podman' : 'Docker';
  return `${facts.rootless ? 'rootless ' : ''}${name} ${version.replace(/\+.*$/, '')}, ${formatEngineAddress(address)}`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
