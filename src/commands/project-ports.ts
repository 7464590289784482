import type { ListedContainer } from '../engine/containers.ts';
import { anyAddress, isWildcard } from '../model/address.ts';
import type { Binding, Endpoint } from '../model/binding.ts';
import type { ServicePort } from '../model/report.ts';
import { formatUrl } from '../model/url.ts';

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
  // A publish without an address is bound once in each family.
  const unique = [...new Map(ports.map((port) => [JSON.stringify(port), port])).values()];
  return unique.sort(
    (one, other) =>
      one.service.localeCompare(other.service) ||
      one.container.localeCompare(other.container, undefined, { numeric: true }) ||
      one.target - other.target,
  );
}

/** One host port of a service. */
export function toServicePort(
  { address, port, protocol, target = 0 }: Pick<Binding, keyof Endpoint | 'target'>,
  { service, name = '' }: { readonly service: string; readonly name?: string | undefined },
  hostName: string | undefined,
): ServicePort {
  const shown = isWildcard(address) ? anyAddress : address;
  return {
    service,
    container: name,
    hostIp: shown === anyAddress ? '' : shown,
    ...{ port, target, protocol },
    url: protocol === 'tcp' ? formatUrl(shown, port, target, hostName) : undefined,
  };
}
