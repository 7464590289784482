import type { Location } from '../../errors.ts';
import { formatAddressPort, type HostAddress } from './address.ts';
import { formatRange, isSinglePort, type PortRange, type Protocol } from './port.ts';

/** The source of a publish: a command-line argument, an image or a Compose file. */
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
 * A request to publish one container port. Ranges of equal length (`8000-8010:80-90`) become one publish per pair; a
 * host range with one container port (`8000-8010:80`) is a pool, from which the engine takes one free port.
 */
export interface Publish {
  /** The address as written, without brackets; empty if the publish has none. */
  readonly hostIp: string;
  readonly address: HostAddress;
  /** `undefined` lets the engine choose any free port. */
  readonly hostPorts?: PortRange | undefined;
  /** The container's port, 0 to 65535. */
  readonly target: number;
  readonly protocol: Protocol;
  /** Has an effect in swarm only. */
  readonly mode: 'ingress' | 'host';
  readonly origin: Origin;
}

/** The host port that a publish requests: a fixed one, one of a pool, or one that the engine chooses. */
export type PublishKind = 'fixed' | 'pool' | 'engine-chosen';

/** Returns the kind of host port that the publish requests. */
export function kindOf({ hostPorts }: Pick<Publish, 'hostPorts'>): PublishKind {
  if (hostPorts === undefined) return 'engine-chosen';
  return isSinglePort(hostPorts) ? 'fixed' : 'pool';
}

/** Returns the host ports as Compose prints them: `8080`, `8000-8010`, or empty if the engine chooses. */
export function publishedText({ hostPorts }: Pick<Publish, 'hostPorts'>): string {
  return hostPorts === undefined ? '' : formatRange(hostPorts);
}

/** Returns the publish in the syntax of `docker run -p`: `127.0.0.1:8080:80`, `8080:53/udp`. */
export function formatPublish(publish: Publish): string {
  const host = publishedText(publish);
  const container =
    publish.protocol === 'tcp' ? publish.target : `${publish.target}/${publish.protocol}`;
  if (publish.hostIp === '') return host === '' ? `${container}` : `${host}:${container}`;
  return `${formatAddressPort(publish.address, host)}:${container}`;
}
