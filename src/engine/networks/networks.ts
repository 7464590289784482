import { anyIPv4, anyIPv6, type HostAddress, parseIpLiteral } from '../../model/ports/address.ts';
import { EngineApiError } from '../client/error.ts';
import type { Engine } from '../open-engine.ts';

/** How a bridge network publishes the ports of its containers. */
export interface BridgePublishing {
  /** Addresses that a publish without an address binds; `undefined` for the default. */
  readonly anyAddresses?: readonly HostAddress[] | undefined;
  /** Whether containers are reached by routing, so that the engine binds no host port (since 27.0). */
  readonly routed: boolean;
}

const option = 'com.docker.network.bridge';

/**
 * Reads the publishing options of a bridge network: `host_binding_ipv4` (also set by dockerd's `--ip`) replaces the
 * wildcard and its IPv6 part; `gateway_mode_ipv4: routed` binds no port (moby: drivers/bridge). Returns `undefined` for a
 * network that does not exist or is not a bridge.
 * @throws PortplanError
 */
export async function readBridge(
  { client }: Pick<Engine, 'client'>,
  network = 'bridge',
): Promise<BridgePublishing | undefined> {
  try {
    const path = `/networks/${encodeURIComponent(network)}`;
    const inspected = await client.read('network', 'inspecting a network', path);
    const { Driver: driver, Options: options } = inspected ?? {};
    return driver === 'bridge' ? toPublishing(options ?? {}) : undefined;
  } catch (error) {
    if (error instanceof EngineApiError) return undefined;
    throw error;
  }
}

/** Network drivers that publish no host ports. */
const portless = ['host', 'null', 'macvlan', 'ipvlan'];

/** Returns whether a network publishes ports on the host; `true` when the engine rejects the request. @throws PortplanError */
export async function opensPorts(
  { client }: Pick<Engine, 'client'>,
  network: string,
): Promise<boolean> {
  try {
    const path = `/networks/${encodeURIComponent(network)}`;
    const inspected = await client.read('network', 'inspecting a network', path);
    const { Driver, Internal } = inspected ?? {};
    return Internal !== true && !portless.includes(Driver ?? '');
  } catch (error) {
    if (error instanceof EngineApiError) return true;
    throw error;
  }
}

/** Connects a container that does not run yet to a network. @throws PortplanError */
export async function connectNetwork(
  { client }: Pick<Engine, 'client'>,
  network: string,
  container: string,
  endpoint: object,
): Promise<void> {
  await client.call(`connecting the container to network ${network}`, (docker, abortSignal) =>
    docker
      .getNetwork(encodeURIComponent(network))
      .connect({ Container: container, EndpointConfig: endpoint, abortSignal }),
  );
}

function toPublishing(options: Readonly<Record<string, string>>): BridgePublishing {
  const binding = parseIpLiteral(options[`${option}.host_binding_ipv4`] ?? '');
  const routed = (family: 4 | 6) => options[`${option}.gateway_mode_ipv${family}`] === 'routed';
  // The default bridge lists 0.0.0.0 explicitly, and means both families.
  const anyAddresses = binding === undefined || binding === anyIPv4 ? undefined : [binding];
  if (routed(4) && routed(6)) return { routed: true };
  if (routed(4)) return { routed: false, anyAddresses: [anyIPv6] };
  if (routed(6)) return { routed: false, anyAddresses: anyAddresses ?? [anyIPv4] };
  return { routed: false, anyAddresses };
}
