import { anyIPv4, anyIPv6, type HostAddress, parseIpLiteral } from '../model/address.ts';
import { EngineRefusal } from './engine-error.ts';
import type { Engine } from './open-engine.ts';
import type { NetworkAnswer } from './wire.ts';

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
    const inspected = await client.read<NetworkAnswer | undefined>('inspect a network', path);
    const { Driver: driver, Options: options } = inspected ?? {};
    return driver === 'bridge' ? toPublishing(options ?? {}) : undefined;
  } catch (error) {
    if (error instanceof EngineRefusal) return undefined;
    throw error;
  }
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
