import type { ContainerAnswer } from '../engine/wire.ts';
import { anyAddress, isWildcard, parseIpLiteral } from '../model/address.ts';
import type { OpenPort } from '../model/report.ts';
import { formatUrl } from '../model/url.ts';

/** The host ports that a running container has, by the engine's word. `hostName` is the engine's host, if not this one. */
export function openPortsOf(
  { State, NetworkSettings }: ContainerAnswer,
  hostName?: string,
): readonly OpenPort[] {
  // Podman tells the ports of a container that has ended, too.
  if (State?.Status !== 'running') return [];
  const open = Object.entries(NetworkSettings?.Ports ?? {}).flatMap(([key, bindings]) =>
    (bindings ?? []).flatMap(({ HostIp = '', HostPort }) => {
      const [target, protocol = 'tcp'] = key.split('/');
      const port = Number(HostPort);
      return port > 0 ? [toOpenPort(HostIp, port, Number(target), protocol, hostName)] : [];
    }),
  );
  // A publish without an address is bound once in each family.
  return [...new Map(open.map((port) => [JSON.stringify(port), port])).values()];
}

function toOpenPort(
  hostIp: string,
  port: number,
  target: number,
  protocol: string,
  hostName: string | undefined,
): OpenPort {
  const literal = parseIpLiteral(hostIp) ?? anyAddress;
  const address = isWildcard(literal) ? anyAddress : literal;
  const url = protocol === 'tcp' ? formatUrl(address, port, target, hostName) : undefined;
  return { hostIp: address === anyAddress ? '' : address, port, target, protocol, url };
}
