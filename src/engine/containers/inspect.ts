import type { OnProgress } from '../../model/findings/progress.ts';
import type { Binding, ContainerHolder } from '../../model/host/binding.ts';
import { anyAddress, parseIpLiteral } from '../../model/ports/address.ts';
import { isProtocol, toPort } from '../../model/ports/port.ts';
import type { ContainerInspect, PortMap } from '../client/api-types.ts';
import { isMissing } from '../client/error.ts';
import { mapConcurrent } from '../client/map-concurrent.ts';
import type { Engine } from '../open-engine.ts';
import { composeLabels } from './list.ts';

/** All that an engine tells of one container. */
export interface InspectedContainer {
  readonly holder: ContainerHolder;
  readonly state: string;
  /** What it was created to publish, kept for ever; pools and engine-chosen ports are not among them. */
  readonly wanted: readonly Binding[];
  /** Whether it asked for any host port at all. */
  readonly publishes: boolean;
  /** Whether a host port is bound for it now. */
  readonly published: boolean;
  /** Whether it was ever started: the engine brings back only those. */
  readonly startedBefore: boolean;
  /** Those that it is in, by name. */
  readonly networks: readonly string[];
  /** The one that it was made for. */
  readonly network: string;
}

/**
 * Inspects containers side by side; one that is gone meanwhile is left out. A client asks for each container once: what
 * several parts of a command want to know, they know of the same moment.
 * @throws PortplanError
 */
export async function inspectContainers(
  engine: Pick<Engine, 'client'>,
  ids: readonly string[],
  onProgress: OnProgress = () => {},
): Promise<readonly InspectedContainer[]> {
  let done = 0;
  const answers = answersOf.get(engine.client) ?? new Map();
  answersOf.set(engine.client, answers);
  return mapConcurrent(ids, (id) => {
    const answer = answers.get(id) ?? inspectContainer(engine, id);
    answers.set(id, answer);
    answer
      .then(() => {
        done += 1;
        onProgress({ of: 'containers', done, total: ids.length });
      })
      .catch(() => answers.delete(id));
    return answer;
  });
}

const answersOf = new WeakMap<
  Engine['client'],
  Map<string, Promise<InspectedContainer | undefined>>
>();

/** One container by id or name, or nothing when there is none. @throws PortplanError */
export async function inspectContainer(
  engine: Pick<Engine, 'client'>,
  id: string,
): Promise<InspectedContainer | undefined> {
  const container = await readContainer(engine, id);
  return container && toInspected(container);
}

/** The engine's own words on a container by id or name, or nothing when there is none. @throws PortplanError */
export async function readContainer(
  { client }: Pick<Engine, 'client'>,
  id: string,
): Promise<ContainerInspect | undefined> {
  try {
    const path = `/containers/${encodeURIComponent(id)}/json`;
    return await client.read('container', 'inspect a container', path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** What an inspection comes to. */
export function toInspected(container: ContainerInspect): InspectedContainer {
  const { HostConfig, NetworkSettings } = container;
  const holder = holderOf(container);
  const { state = 'unknown', startedAt } = holder;
  const asked: PortMap = HostConfig?.PortBindings ?? {};
  const bound: PortMap = NetworkSettings?.Ports ?? {};
  return {
    holder,
    state,
    wanted: publishesPorts(HostConfig?.NetworkMode) ? toWanted(asked, holder, state) : [],
    publishes: publishesPorts(HostConfig?.NetworkMode) && countOf(asked) > 0,
    published: countOf(bound) > 0,
    startedBefore: startedAt !== undefined,
    networks: Object.keys(NetworkSettings?.Networks ?? {}),
    network: primaryNetwork(container),
  };
}

/** Who the container is. */
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

/** With these network modes the list of ports is kept and never used. */
export function publishesPorts(mode = 'default'): boolean {
  return mode !== 'host' && mode !== 'none' && !mode.startsWith('container:');
}

/** The network of the network mode, which may name it by its id. */
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

/** The engine's zero time means never. */
function toTime(text: string | undefined): string | undefined {
  return text === undefined || text === '' || text.startsWith('0001-') ? undefined : text;
}

/** A container that comes and goes may run again by the time it is inspected. */
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
      // Engines before 29 take an address that they cannot read for any (ports of all interfaces).
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
