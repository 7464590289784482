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

/** Which engine is asked, and for how much. */
export interface EngineOptions extends EndpointRequest, ClientOptions {
  /** Also what stopped containers will claim: one inspection each. */
  readonly stopped?: boolean | undefined;
  /** Called when the engine has been asked for all that does not depend on its answers. */
  readonly onRequested?: (() => void) | undefined;
  readonly onProgress?: OnProgress | undefined;
}

/** What an engine told. */
export interface EngineReading {
  readonly source: Source;
  readonly serviceSource?: readonly Source[] | undefined;
  readonly notes: readonly string[];
  readonly engine?: Engine | undefined;
  readonly publishHost?: PublishHost | undefined;
  readonly traits: EngineTraits;
  readonly containers: readonly ListedContainer[];
  /** What running containers hold, and stopped ones claim. */
  readonly bindings: readonly Binding[];
  readonly services: readonly Binding[];
}

const nothing = { traits: defaultTraits, containers: [], bindings: [], services: [] } as const;

/** Finds the engine that is meant and reads all that it tells of ports; one that cannot be asked is a gap. */
export async function readEngine(options: EngineOptions): Promise<EngineReading> {
  let lists: Lists | undefined;
  const search = await openEngine({
    ...options,
    onNegotiated: (greeted) => {
      lists = askForLists(greeted, options);
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
    return { ...nothing, source, notes, publishHost: address && publishHostOfAddress(address) };
  }
  const { engine, notes } = search;
  try {
    return await readOpenEngine(engine, lists ?? askForLists(engine, options), {
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
    return { ...nothing, source, notes, engine };
  }
}

type Lists = ReturnType<typeof askForLists>;

/** What is asked for before the engine has described itself; errors are for whoever waits for the answers. */
function askForLists(engine: NegotiatedEngine, { stopped = false }: EngineOptions) {
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
  const [reach, containers, bridge, services] = await Promise.all([
    resolvePublishHost(engine),
    lists.containers,
    lists.bridge,
    engine.facts.swarmManager ? listServices(engine) : [],
  ]);
  const idle = containers.filter(({ state }) => state !== 'running' && state !== 'paused');
  const claims = stopped
    ? await inspectContainers(
        engine,
        idle.flatMap(({ holder }) => holder.id ?? []),
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
    publishHost: reach,
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
