import { posix } from 'node:path';
import type {
  ContainerHostConfig,
  ContainerInspect,
  EndpointEntry,
  PortMap,
} from '../../engine/client/api-types.ts';
import { primaryNetwork } from '../../engine/containers/inspect.ts';

/** How the new container differs from the old one. */
export interface Differences {
  /** Image with the files of the old container. */
  readonly image: string;
  readonly ports: PortMap;
  /** Added to its labels. */
  readonly labels: Readonly<Record<string, string>>;
  /** Whether the engine accepts more than one network in a create request (API 1.44). */
  readonly allNetworks: boolean;
}

/** The requests that recreate a container. */
export interface Recreation {
  /** Body of the create request. */
  readonly body: object;
  /** Networks to connect before the start. */
  readonly connections: readonly { readonly network: string; readonly endpoint: object }[];
}

/**
 * Returns the create request for a container with the configuration of another one. The engine's inspect response is sent
 * back unchanged, except for ports, image, and fields that the engine writes in another form than it reads
 * (moby: daemon/create.go, runconfig). Anonymous volumes become named volumes.
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
  const hasHostName = host.UTSMode === 'host';
  return {
    body: {
      ...config,
      // Inspect reports the host's name, which create rejects.
      ...(hasHostName && { Hostname: '', Domainname: '' }),
      // Without an entrypoint the engine uses the image's; one empty string means no entrypoint.
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

function isEmpty(args: unknown): boolean {
  return (
    args === undefined || args === null || args === '' || (Array.isArray(args) && args.length === 0)
  );
}

/** Fields of an endpoint that a user sets; the engine assigns the others. */
const endpointFields = ['IPAMConfig', 'Links', 'DriverOpts', 'GwPriority', 'MacAddress'];

function endpointsOf({ Id, NetworkSettings }: ContainerInspect) {
  return Object.entries(NetworkSettings?.Networks ?? {}).map(([network, entry]) => ({
    network,
    endpoint: toSettings(entry, Id.slice(0, 12)),
  }));
}

function toSettings(entry: EndpointEntry, shortId: string): object {
  const fields = endpointFields.flatMap((name) => {
    const value = entry[name];
    return value === undefined || value === null || value === '' || value === 0
      ? []
      : [[name, value]];
  });
  // Engines before 25 also list the short id, which they assign to every container.
  const aliases = entry.Aliases?.filter((alias) => alias !== shortId) ?? [];
  return { ...Object.fromEntries(fields), ...(aliases.length > 0 && { Aliases: aliases }) };
}

/** Returns binds and mounts, with the anonymous volumes of the container by name. */
function volumesOf(container: ContainerInspect): Pick<ContainerHostConfig, 'Binds' | 'Mounts'> {
  const { HostConfig: host = {}, Mounts: mounts } = container;
  const requested = (host.Mounts ?? []).map((mount) => {
    const volume = mounts?.find(({ Destination }) => isSamePath(Destination, mount.Target))?.Name;
    const isAnonymous = mount.Type === 'volume' && (mount.Source ?? '') === '';
    return isAnonymous && volume !== undefined ? { ...mount, Source: volume } : mount;
  });
  const named = (host.Binds ?? []).filter((bind) => bind.includes(':'));
  const covered = [
    ...named.map((bind) => bind.split(':')[1]),
    ...requested.map(({ Target }) => Target),
  ];
  const anonymous = (mounts ?? []).flatMap(({ Type, Name, Destination, RW }) =>
    Type === 'volume' &&
    Name &&
    Destination &&
    !covered.some((path) => isSamePath(path, Destination))
      ? // nocopy: a volume that the program emptied must not be filled from the image again.
        [`${Name}:${Destination}:${RW === false ? 'ro,' : ''}nocopy`]
      : [],
  );
  return { Binds: [...named, ...anonymous], ...(requested.length > 0 && { Mounts: requested }) };
}

/** Inspect reports `/data` for a requested `/data/`. */
function isSamePath(one: string | undefined, other: string | undefined): boolean {
  return posix.resolve('/', one ?? '') === posix.resolve('/', other ?? '');
}
