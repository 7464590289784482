import type { ContainerInspect, PortMap } from '../engine/client/api-types.ts';
import { publishesPorts } from '../engine/containers/inspect.ts';
import type { Assignment } from '../model/findings/plan.ts';
import { anyAddress, formatAddressPort, parseIpLiteral } from '../model/ports/address.ts';
import { isPort, isProtocol, type PortRange } from '../model/ports/port.ts';
import type { Publish } from '../model/ports/publish.ts';

/** A publish of a container's configuration, and its position in the list of its container port. */
export interface ContainerPublish {
  readonly publish: Publish;
  /** Container port as the engine writes it: `80/tcp`. */
  readonly key: string;
  /** Position in the list of {@link key}, from 0. */
  readonly index: number;
}

/** Returns the publishes of a container's configuration; empty when its network mode publishes no ports. */
export function publishesOfContainer({
  HostConfig: host = {},
}: Pick<ContainerInspect, 'HostConfig'>): readonly ContainerPublish[] {
  if (!publishesPorts(host.NetworkMode)) return [];
  return Object.entries(host.PortBindings ?? {}).flatMap(([key, bindings]) =>
    (bindings ?? []).flatMap((binding, index) => {
      const publish = toPublish(key, binding);
      return publish === undefined ? [] : [{ publish, key, index }];
    }),
  );
}

/** Returns `ports` with the host ports of `assignments`; other entries stay unchanged. */
export function rebindPorts(
  ports: PortMap,
  published: readonly ContainerPublish[],
  assignments: readonly Assignment[],
): PortMap {
  const planned = new Map(assignments.map(({ publish, port }) => [publish, port]));
  return Object.fromEntries(
    Object.entries(ports).map(([key, bindings]) => [
      key,
      bindings?.map((binding, index) => {
        const entry = published.find(
          (candidate) => candidate.key === key && candidate.index === index,
        );
        const port = entry && planned.get(entry.publish);
        return port === undefined ? binding : { ...binding, HostPort: `${port}` };
      }) ?? null,
    ]),
  );
}

function toPublish(
  key: string,
  { HostIp = '', HostPort = '' }: { readonly HostIp?: string; readonly HostPort?: string },
): Publish | undefined {
  const [number, name = 'tcp'] = key.split('/');
  const protocol = name.toLowerCase();
  const target = Number(number);
  if (!isProtocol(protocol) || !(target >= 0 && target <= 65_535)) return undefined;
  // Engines before 29 bind all addresses when they cannot parse the address.
  const address = parseIpLiteral(HostIp) ?? anyAddress;
  const hostPorts = toHostPorts(HostPort);
  const host = address === anyAddress ? HostPort : formatAddressPort(address, HostPort);
  const text = [host, key].filter(Boolean).join(':');
  return {
    ...{ hostIp: HostIp, address, target, protocol, mode: 'ingress' },
    ...(hostPorts && { hostPorts }),
    origin: { kind: 'argument', text },
  };
}

/** Returns `undefined` for an engine-chosen port, which is empty or 0. */
function toHostPorts(text: string): PortRange | undefined {
  const [, low, high = low] = /^(\d+)(?:-(\d+))?$/.exec(text) ?? [];
  const [first, last] = [Number(low), Number(high)];
  return isPort(first) && isPort(last) && first <= last ? { first, last } : undefined;
}
