import { anyIPv4, anyIPv6, type HostAddress, parseIpLiteral } from '../../model/ports/address.ts';
import { EngineApiError } from '../client/error.ts';
import type { Engine } from '../open-engine.ts';

/** What a bridge network changes in how its containers publish. */
export interface BridgePublishing {
  /** The sockets of a publish without an address, where the network says so. */
  readonly anyAddresses?: readonly HostAddress[] | undefined;
  /** Whether containers are reached by routing, so that no host port is bound at all (from 27.0). */
  readonly routed: boolean;
}

const option = 'com.docker.network.bridge';

/**
 * Reads what a bridge network changes for publishes: `host_binding_ipv4` (also set by dockerd's `--ip`) stands in for
 * "any", without an IPv6 half; `gateway_mode_ipv4: routed` publishes nothing (moby: drivers/bridge).
 * @returns nothing for a network that is not there or not a bridge.
 * @throws PortplanError
 */
export async function readBridge(
  { client }: Pick<Engine, 'client'>,
  network = 'bridge',
): Promise<BridgePublishing | undefined> {
  try {
    const path = `/networks/${encodeURIComponent(network)}`;
    const inspected = await client.read('network', 'inspect a network', path);
    const { Driver: driver, Options: options } = inspected ?? {};
    return driver === 'bridge' ? toPublishing(options ?? {}) : undefined;
  } catch (error) {
    if (error instanceof EngineApiError) return undefined;
    throw error;
  }
}

/** Drivers whose networks reach the outside by other ways than ports of the host. */
const portless = ['host', 'null', 'macvlan', 'ipvlan'];

/** Whether ports of a container in this network are opened on the host; where nobody can tell, they are. */
export async function opensPorts(
  { client }: Pick<Engine, 'client'>,
  network: string,
): Promise<boolean> {
  try {
    const path = `/networks/${encodeURIComponent(network)}`;
    const inspected = await client.read('network', 'inspect a network', path);
    const { Driver, Internal } = inspected ?? {};
    return Internal !== true && !portless.includes(Driver ?? '');
  } catch (error) {
    if (error instanceof EngineApiError) return true;
    throw error;
  }
}

/** Puts a container that does not run yet into a network. @throws PortplanError */
export async function connectNetwork(
  { client }: Pick<Engine, 'client'>,
  network: string,
  container: string,
  endpoint: object,
): Promise<void> {
  await client.call(`connect the container to network ${network}`, (docker, abortSignal) =>
    docker
      .getNetwork(encodeURIComponent(network))
      .connect({ Container: container, EndpointConfig: endpoint, abortSignal }),
  );
}

function toPublishing(options: Readonly<Record<string, string>>): BridgePublishing {
  const binding = parseIpLiteral(options[`${option}.host_binding_ipv4`] ?? '');
  const routed = (family: 4 | 6) => options[`${option}.gateway_mode_ipv${family}`] === 'routed';
  // The default bridge names 0.0.0.0 in so many words and means both families by it.
  const anyAddresses = binding === undefined || binding === anyIPv4 ? undefined : [binding];
  if (routed(4) && routed(6)) return { routed: true };
  if (routed(4)) return { routed: false, anyAddresses: [anyIPv6] };
  if (routed(6)) return { routed: false, anyAddresses: anyAddresses ?? [anyIPv4] };
  return { routed: false, anyAddresses };
}
