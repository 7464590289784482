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

/** The host ports that a running container has, by the engine's word. `hostName` is the engine's host, if not this one. */
export function openPortsOf(
  { State, NetworkSettings }: ContainerInspect,
  hostName?: string,
): readonly OpenPort[] {
  // Podman tells the ports of a container that has ended, too.
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

/** A publish without an address is bound once in each family. */
export function uniquePorts<T extends OpenPort>(ports: readonly T[]): readonly T[] {
  return [...new Map(ports.map((port) => [JSON.stringify(port), port])).values()];
}

/** A host port that is open, as it is shown: any address of a family is any address. */
export function toOpenPort(
  { address: bound, port, target, protocol }: OpenEndpoint,
  hostName: string | undefined,
): OpenPort {
  const address = isWildcard(bound) ? anyAddress : bound;
  const url = protocol === 'tcp' ? formatUrl(address, port, target, hostName) : undefined;
  return { hostIp: address === anyAddress ? '' : address, port, target, protocol, url };
}

/** An endpoint of the host, and the container port that it leads to. */
interface OpenEndpoint {
  readonly address: HostAddress;
  readonly port: Port;
  readonly target: number;
  readonly protocol: Protocol;
}

/** The host ports that the containers of a project have, by service and container port. */
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

/** One host port of a service. */
export function toServicePort(
  { target = 0, ...binding }: Pick<Binding, keyof Endpoint | 'target'>,
  { service, name = '' }: { readonly service: string; readonly name?: string | undefined },
  hostName: string | undefined,
): ServicePort {
  return { service, container: name, ...toOpenPort({ ...binding, target }, hostName) };
}
