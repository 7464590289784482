import type { Location } from '../../errors.ts';
import { formatAddressPort, type HostAddress } from './address.ts';
import { formatRange, isSinglePort, type PortRange, type Protocol } from './port.ts';

/** Where a publish was asked for. */
export type Origin =
  | { readonly kind: 'argument'; readonly text: string }
  | { readonly kind: 'image'; readonly image: string }
  | {
      readonly kind: 'compose';
      readonly project: string;
      readonly service: string;
      readonly location: Location;
    };

/**
 * A request to publish one container port. Ranges of equal length (`8000-8010:80-90`) become one each; a host range
 * with one container port (`8000-8010:80`) is a pool, of which the engine takes one free port.
 */
export interface Publish {
  /** The address as it was written, without brackets; empty when none was. */
  readonly hostIp: string;
  readonly address: HostAddress;
  /** Absent: any free port, chosen by the engine. */
  readonly hostPorts?: PortRange | undefined;
  /** The container's port, 0 to 65535. */
  readonly target: number;
  readonly protocol: Protocol;
  /** Matters to swarm only. */
  readonly mode: 'ingress' | 'host';
  readonly origin: Origin;
}

/** Which host port is asked for: one, one of a pool, or whichever the engine likes. */
export type PublishKind = 'fixed' | 'pool' | 'engine-chosen';

export function kindOf({ hostPorts }: Pick<Publish, 'hostPorts'>): PublishKind {
  if (hostPorts === undefined) return 'engine-chosen';
  return isSinglePort(hostPorts) ? 'fixed' : 'pool';
}

/** The host ports as compose prints them: `8080`, `8000-8010`, or empty when the engine chooses. */
export function publishedText({ hostPorts }: Pick<Publish, 'hostPorts'>): string {
  return hostPorts === undefined ? '' : formatRange(hostPorts);
}

/** The publish in the syntax of `docker run -p`: `127.0.0.1:8080:80`, `8080:53/udp`. */
export function formatPublish(publish: Publish): string {
  const host = publishedText(publish);
  const container =
    publish.protocol === 'tcp' ? publish.target : `${publish.target}/${publish.protocol}`;
  if (publish.hostIp === '') return host === '' ? `${container}` : `${host}:${container}`;
  return `${formatAddressPort(publish.address, host)}:${container}`;
}
