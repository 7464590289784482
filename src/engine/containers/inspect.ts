import type { OnProgress } from '../../model/findings/progress.ts';
import type { Binding, ContainerHolder } from '../../model/host/binding.ts';
import { anyAddress, parseIpLiteral } from '../../model/ports/address.ts';
import { isProtocol, toPort } from '../../model/ports/port.ts';
import type { ContainerInspect, PortMap } from '../client/api-types.ts';
import { isMissing } from '../client/error.ts';
import { mapConcurrent } from '../client/map-concurrent.ts';
import type { Engine } from '../open-engine.ts';
import { composeLabels } from './list.ts';

/** The details of one container. */
export interface InspectedContainer {
  readonly holder: ContainerHolder;
  readonly state: string;
  /** The fixed ports of its configuration, without pools and ports chosen by the engine. */
  readonly wanted: readonly Binding[];
  /** Whether its configuration publishes any port. */
  readonly publishes: boolean;
  /** Whether any host port is bound for it now. */
  readonly published: boolean;
  /** Whether it was ever started. The engine restarts only such containers. */
  readonly startedBefore: boolean;
  /** Names of its networks. */
  readonly networks: readonly string[];
  /** The network of its network mode. */
  readonly network: string;
}

/**
 * Inspects containers concurrently, and omits removed ones. Each client inspects a container once, so all parts of a
 * command see the same state.
 * @throws PortplanError
 */
export async function inspectContainers(
  engine: Pick<Engine, 'client'>,
  ids: readonly string[],
  onProgress: OnProgress = () => {},
): Promise<readonly InspectedContainer[]> {
  let done = 0;
  const responses = responsesOf.get(engine.client) ?? new Map();
  responsesOf.set(engine.client, responses);
  return mapConcurrent(ids, (id) => {
    const response = responses.get(id) ?? inspectContainer(engine, id);
    responses.set(id, response);
    response
      .then(() => {
        done += 1;
        onProgress({ of: 'containers', done, total: ids.length });
      })
      .catch(() => responses.delete(id));
    return response;
  });
}

const responsesOf = new WeakMap<
  Engine['client'],
  Map<string, Promise<InspectedContainer | undefined>>
>();

/** Returns a container by ID or name; `undefined` when it does not exist. @throws PortplanError */
export async function inspectContainer(
  engine: Pick<Engine, 'client'>,
  id: string,
): Promise<InspectedContainer | undefined> {
  const container = await readContainer(engine, id);
  return container && toInspected(container);
}

/** Returns the inspect response for an ID or name; `undefined` when the container does not exist. @throws PortplanError */
export async function readContainer(
  { client }: Pick<Engine, 'client'>,
  id: string,
): Promise<ContainerInspect | undefined> {
  try {
    const path = `/containers/${encodeURIComponent(id)}/json`;
    return await client.read('container', 'inspecting a container', path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Converts an inspect response. */
export function toInspected(container: ContainerInspect): InspectedContainer {
  const { HostConfig, NetworkSettings } = container;
  const holder = holderOf(container);
  const { state = 'unknown', startedAt } = holder;
  const requested: PortMap = HostConfig?.PortBindings ?? {};
  const bound: PortMap = NetworkSettings?.Ports ?? {};
  return {
    holder,
    state,
    wanted: publishesPorts(HostConfig?.NetworkMode) ? toWanted(requested, holder, state) : [],
    publishes: publishesPorts(HostConfig?.NetworkMode) && countOf(requested) > 0,
    published: countOf(bound) > 0,
    startedBefore: startedAt !== undefined,
    networks: Object.keys(NetworkSettings?.Networks ?? {}),
    network: primaryNetwork(container),
  };
}

/** Returns the container as the holder of a port. */
export function holderOf({
  Id,
  Name,
  State,
  HostConfig,
  Config,
}: ContainerInspect): ContainerHolder {
  return {
    kind: 'container',
    id: Id,
    name: Name.replace(/^\//, ''),
    image: Config?.Image,
    ...composeLabels(Config?.Labels ?? {}),
    state: State?.Status ?? 'unknown',
    startedAt: toTime(State?.StartedAt),
    restart: HostConfig?.RestartPolicy?.Name || 'no',
    hostNetwork: HostConfig?.NetworkMode === 'host' || undefined,
  };
}

/** Returns whether a network mode publishes ports. The other modes keep the list of ports without using it. */
export function publishesPorts(mode = 'default'): boolean {
  return mode !== 'host' && mode !== 'none' && !mode.startsWith('container:');
}

/** Returns the network of the network mode, which may contain its ID. */
export function primaryNetwork({ HostConfig, NetworkSettings }: ContainerInspect): string {
  const mode = HostConfig?.NetworkMode ?? 'default';
  if (mode === 'default') return 'bridge';
  const networks = Object.entries(NetworkSettings?.Networks ?? {});
  const byId = networks.find(([, { NetworkID = '' }]) => NetworkID.startsWith(mode));
  return networks.some(([name]) => name === mode) ? mode : (byId?.[0] ?? mode);
}

function countOf(ports: PortMap): number {
  return Object.values(ports).reduce((count, bindings) => count + (bindings?.length ?? 0), 0);
}

/** Returns `undefined` for the engine's zero time, which means never. */
function toTime(text: string | undefined): string | undefined {
  return text === undefined || text === '' || text.startsWith('0001-') ? undefined : text;
}

/** A restarting container may run again by the time it is inspected. */
const claimStates: Readonly<Record<string, Binding['state'] | undefined>> = {
  restarting: 'restarting',
  running: 'running',
  paused: 'paused',
};

function toWanted(ports: PortMap, holder: ContainerHolder, state: string): readonly Binding[] {
  return Object.entries(ports).flatMap(([key, bindings]) => {
    const [number, kind] = key.split('/');
    const protocol = (kind || 'tcp').toLowerCase();
    if (!isProtocol(protocol)) return [];
    return (bindings ?? []).flatMap(({ HostIp = '', HostPort = '' }) => {
      const port = Number(HostPort);
      if (!/^\d+$/.test(HostPort) || port < 1 || port > 65535) return [];
      // Engines before 29 treat an invalid address as all interfaces.
      const address = parseIpLiteral(HostIp) ?? anyAddress;
      return [
        {
          address,
          port: toPort(port),
          protocol,
          target: Number(number),
          holder,
          state: claimStates[state] ?? 'stopped',
        },
      ];
    });
  });
}
