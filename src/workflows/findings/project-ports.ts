import type { ListedContainer } from '../../engine/containers/list.ts';
import type { ServicePort } from '../../model/findings/report.ts';
import type { Binding, Endpoint } from '../../model/host/binding.ts';
import { toOpenPort, uniquePorts } from './open-ports.ts';

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
