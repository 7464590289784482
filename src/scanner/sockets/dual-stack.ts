import type { Endpoint } from '../../model/host/binding.ts';
import {
  anyIPv4,
  anyIPv6,
  familyOf,
  type HostAddress,
  loopback,
} from '../../model/ports/address.ts';
import { portKey } from '../../model/ports/port.ts';
import type { HostSocket } from './host-socket.ts';

/**
 * Decides what the table alone can decide about sockets on `::`. A second TCP socket on an IPv4 address with the same
 * port could not have been opened beside a dual-stack one, so there `::` is IPv6 only. UDP sockets may share a port
 * (SO_REUSEADDR), and a few TCP servers do (SO_REUSEPORT): in those cases the confirming bind decides.
 */
export function resolveDualStack(sockets: readonly HostSocket[]): readonly HostSocket[] {
  const onIPv4 = new Set(sockets.filter(provesIPv6Only).map(portKey));
  return sockets.map((socket) =>
    socket.dualStack === 'unknown' && onIPv4.has(portKey(socket)) ? asIPv6Only(socket) : socket,
  );
}

/** Binds an endpoint and returns the result, as `probeEndpoint` does. */
type Probe = (endpoint: Endpoint) => Promise<{ readonly kind: string }>;

/**
 * Decides by one bind each which of the sockets on `*` are really IPv6 only: 127.0.0.1 is taken by a dual-stack socket
 * and free beside an IPv6-only one. Needed only for publishes on IPv4 addresses; loopback is bound so that no other
 * host can reach the probe. Other bind results leave the socket unchanged.
 */
export async function resolveUnknownDualStack(
  sockets: readonly HostSocket[],
  probe: Probe,
): Promise<readonly HostSocket[]> {
  return Promise.all(
    sockets.map(async (socket) => {
      if (socket.dualStack !== 'unknown') return socket;
      const { kind } = await probe({ ...socket, address: loopback });
      if (kind === 'taken') return { ...socket, dualStack: 'yes' as const };
      return kind === 'free' ? asIPv6Only(socket) : socket;
    }),
  );
}

function provesIPv6Only({ address, protocol, state }: HostSocket): boolean {
  if (protocol === 'udp') return address === anyIPv4;
  return state === 'listening' && familyOf(address) === 4;
}

function asIPv6Only(socket: HostSocket): HostSocket {
  const address: HostAddress = anyIPv6;
  return { ...socket, address, dualStack: 'no' };
}
