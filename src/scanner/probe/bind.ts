import { createServer, type ListenOptions } from 'node:net';
import { systemCodeOf } from '../../errors.ts';
import type { Endpoint } from '../../model/host/binding.ts';
import { anyIPv6, familyOf, type HostAddress } from '../../model/ports/address.ts';

/** A socket to bind: an address of one family and a port. */
export interface ProbeSocket {
  readonly address: HostAddress;
  readonly port: Endpoint['port'];
}

/**
 * Listens on a TCP endpoint as the engine does (SO_REUSEADDR, which Node sets; IPV6_V6ONLY; listen, because a bind alone
 * succeeds beside a bound socket) and closes the socket. Resolves to `undefined`, or to the error code.
 */
export async function tryTcp({ address, port }: ProbeSocket): Promise<string | undefined> {
  const tried = await listenOnce({ host: address, port, ipv6Only: familyOf(address) === 6 });
  return typeof tried === 'string' ? tried : undefined;
}

/** Whether one dual-stack socket can listen on a TCP port on all addresses of both families. */
export async function isTcpFreeEverywhere(port: Endpoint['port']): Promise<boolean> {
  const tried = await listenOnce({ port });
  // Without IPv6, Node listens on IPv4 only.
  return typeof tried !== 'string' && tried.address === anyIPv6;
}

/** Returns the address that was bound, or the error code. */
function listenOnce(options: ListenOptions): Promise<{ readonly address: string } | string> {
  return new Promise((resolve) => {
    // A client that connects now would keep the server from closing.
    const server = createServer((connection) => connection.destroy());
    server.once('error', (error) => resolve(codeOf(error)));
    server.listen({ ...options, exclusive: true, backlog: 1 }, () => {
      const bound = server.address();
      const address = typeof bound === 'object' && bound !== null ? bound.address : '';
      server.close(() => resolve({ address }));
    });
  });
}

/**
 * Binds a UDP endpoint and closes the socket. Resolves to `undefined`, or to the error code.
 * @param options.reuse binds with SO_REUSEADDR, as some engines do; a holder that also set it shares the port
 */
export async function tryUdp(
  { address, port }: ProbeSocket,
  { reuse }: { readonly reuse: boolean },
): Promise<string | undefined> {
  const { createSocket } = await import('node:dgram');
  return new Promise((resolve) => {
    const isIPv6 = familyOf(address) === 6;
    const socket = createSocket({
      type: isIPv6 ? 'udp6' : 'udp4',
      ipv6Only: isIPv6,
      reuseAddr: reuse,
    });
    socket.once('error', (error) => socket.close(() => resolve(codeOf(error))));
    socket.bind({ address, port, exclusive: true }, () => socket.close(() => resolve(undefined)));
  });
}

function codeOf(error: unknown): string {
  return systemCodeOf(error) ?? 'UNKNOWN';
}
