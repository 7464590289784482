import type { ContainerInspect } from '../../engine/client/api-types.ts';
import type { ListedContainer } from '../../engine/containers/list.ts';
import type { OpenPort, ServicePort } from '../../model/findings/report.ts';
import type { Binding, Endpoint } from '../../model/host/binding.ts';
import {
  anyAddress,
  type HostAddress,
  isWildcard,
  parseIpLiteral,
} from '../../model/ports/address.ts';
import { isPort, isProtocol, type Port, type Protocol } from '../../model/ports/port.ts';
import { formatUrl } from '../../model/ports/url.ts';

/** Returns the host ports that the engine reports for a running container. `hostName`: the host of a remote engine. */
export function openPortsOf(
  { State, NetworkSettings }: ContainerInspect,
  hostName?: string,
): readonly OpenPort[] {
  // Podman also reports the ports of an exited container.
  if (State?.Status !== 'running') return [];
  const open = Object.entries(NetworkSettings?.Ports ?? {}).flatMap(([key, bindings]) =>
    (bindings ?? []).flatMap(({ HostIp = '', HostPort }) => {
      const [target, protocol = 'tcp'] = key.split('/');
      const port = Number(HostPort);
      const address = parseIpLiteral(HostIp) ?? anyAddress;
      if (!isPort(port) || !isProtocol(protocol)) return [];
      return [toOpenPort({ address, port, target: Number(target), protocol }, hostName)];
    }),
  );
  return uniquePorts(open);
}

/** Removes duplicates: a publish without an address is bound once per address family. */
export function uniquePorts<T extends OpenPort>(ports: readonly T[]): readonly T[] {
  return [...new Map(ports.map((port) => [JSON.stringify(port), port])).values()];
}

/** Returns an open host port for display; a wildcard address of one family becomes any address. */
export function toOpenPort(
  { address: bound, port, target, protocol }: OpenEndpoint,
  hostName: string | undefined,
): OpenPort {
  const address = isWildcard(bound) ? anyAddress : bound;
  const url = protocol === 'tcp' ? formatUrl(address, port, target, hostName) : undefined;
  return { hostIp: address === anyAddress ? '' : address, port, target, protocol, url };
}

/** A host endpoint and the container port that it forwards to. */
interface OpenEndpoint {
  readonly address: HostAddress;
  readonly port: Port;
  readonly target: number;
  readonly protocol: Protocol;
}

/** Returns the host ports of a project's containers, sorted by service, container and container port. */
export function servicePortsOf(
  containers: readonly ListedContainer[],
  hostName?: string,
): readonly ServicePort[] {
  const ports = containers.flatMap(({ holder, bindings }) =>
    bindings.flatMap((binding) =>
      holder.service === undefined
        ? []
        : [toServicePort(binding, { ...holder, service: holder.service }, hostName)],
    ),
  );
  return [...uniquePorts(ports)].sort(
    (one, other) =>
      one.service.localeCompare(other.service) ||
      one.container.localeCompare(other.container, undefined, { numeric: true }) ||
      one.target - other.target,
  );
}

/** Returns one host port of a service. */
export function toServicePort(
  { target = 0, ...binding }: Pick<Binding, keyof Endpoint | 'target'>,
  { service, name = '' }: { readonly service: string; readonly name?: string | undefined },
  hostName: string | undefined,
): ServicePort {
  return { service, container: name, ...toOpenPort({ ...binding, target }, hostName) };
}
