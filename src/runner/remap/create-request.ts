import { posix } from 'node:path';
import type {
  ContainerInspect,
  EndpointEntry,
  HostConfig,
  PortMap,
} from '../../engine/client/api-types.ts';
import { primaryNetwork } from '../../engine/containers/inspect.ts';

/** In what the new container differs from the old one. */
export interface Differences {
  /** The image with the files of the old container. */
  readonly image: string;
  readonly ports: PortMap;
  /** Added to its labels. */
  readonly labels: Readonly<Record<string, string>>;
  /** Whether the engine takes more than one network when a container is created (API 1.44). */
  readonly allNetworks: boolean;
}

/** What makes a container anew. */
export interface Recreation {
  /** The body of the create request. */
  readonly body: object;
  /** Networks that it is to be put into before it starts. */
  readonly connections: readonly { readonly network: string; readonly endpoint: object }[];
}

/**
 * The request for a container with the configuration of another one: what the engine tells of it is sent back as it came,
 * but for its ports, its image, and what the engine writes in another form than it reads (moby: daemon/create.go,
 * runconfig). Its anonymous volumes become volumes by name.
 */
export function toRecreation(container: ContainerInspect, differences: Differences): Recreation {
  const { Config: config = {}, HostConfig: host = {} } = container;
  const { image, ports, labels, allNetworks } = differences;
  const endpoints = endpointsOf(container);
  const first = endpoints.findIndex(({ network }) => network === primaryNetwork(container));
  const [primary, others] = [
    endpoints[Math.max(0, first)],
    endpoints.filter((_, index) => index !== Math.max(0, first)),
  ];
  const created = allNetworks ? endpoints : primary === undefined ? [] : [primary];
  const hostNamed = host.UTSMode === 'host';
  return {
    body: {
      ...config,
      // The name of the host is told, and refused.
      ...(hostNamed && { Hostname: '', Domainname: '' }),
      // None at all would be replaced by that of the image; one empty word stands for none.
      Entrypoint: isEmpty(config.Entrypoint) ? [''] : config.Entrypoint,
      Image: image,
      Labels: { ...config.Labels, ...labels },
      HostConfig: { ...host, ...volumesOf(container), PortBindings: ports },
      NetworkingConfig: {
        EndpointsConfig: Object.fromEntries(
          created.map(({ network, endpoint }) => [network, endpoint]),
        ),
      },
    },
    connections: allNetworks ? [] : others,
  };
}

function isEmpty(words: string | readonly string[] | null | undefined): boolean {
  return words === undefined || words === null || words.length === 0;
}

/** The settings of an endpoint; the rest is what the engine gave it. */
const settings = ['IPAMConfig', 'Links', 'DriverOpts', 'GwPriority', 'MacAddress'];

function endpointsOf({ Id, NetworkSettings }: ContainerInspect) {
  return Object.entries(NetworkSettings?.Networks ?? {}).map(([network, entry]) => ({
    network,
    endpoint: toSettings(entry, Id.slice(0, 12)),
  }));
}

function toSettings(entry: EndpointEntry, shortId: string): object {
  const kept = settings.flatMap((name) => {
    const value = entry[name];
    return value === undefined || value === null || value === '' || value === 0
      ? []
      : [[name, value]];
  });
  // Engines before 25 tell the short id too, which they give to each container anew.
  const aliases = entry.Aliases?.filter((alias) => alias !== shortId) ?? [];
  return { ...Object.fromEntries(kept), ...(aliases.length > 0 && { Aliases: aliases }) };
}

function volumesOf(container: ContainerInspect): Pick<HostConfig, 'Binds' | 'Mounts'> {
  const { HostConfig: host = {}, Mounts: mounts } = container;
  const wished = (host.Mounts ?? []).map((wish) => {
    const volume = mounts?.find(({ Destination }) => isSame(Destination, wish.Target))?.Name;
    const anonymous = wish.Type === 'volume' && (wish.Source ?? '') === '';
    return anonymous && volume !== undefined ? { ...wish, Source: volume } : wish;
  });
  const named = (host.Binds ?? []).filter((bind) => bind.includes(':'));
  const covered = [
    ...named.map((bind) => bind.split(':')[1]),
    ...wished.map(({ Target }) => Target),
  ];
  const anonymous = (mounts ?? []).flatMap(({ Type, Name, Destination, RW }) =>
    Type === 'volume' && Name && Destination && !covered.some((path) => isSame(path, Destination))
      ? // Its content is what it is: an emptied one is not filled again.
        [`${Name}:${Destination}:${RW === false ? 'ro,' : ''}nocopy`]
      : [],
  );
  return { Binds: [...named, ...anonymous], ...(wished.length > 0 && { Mounts: wished }) };
}

/** The engine tells `/data` of what was asked for as `/data/`. */
function isSame(one: string | undefined, other: string | undefined): boolean {
  return posix.resolve('/', one ?? '') === posix.resolve('/', other ?? '');
}
