import { anyAddress, anyIPv6, parseIpLiteral } from '../../../model/ports/address.ts';
import { isPort } from '../../../model/ports/port.ts';
import type { HostSocket } from '../host-socket.ts';

/** TCP_LISTEN, which the kernel uses for SCTP too (SCTP_SS_LISTENING). */
const listening = '10';

/**
 * The SCTP endpoints of /proc/net/sctp/eps. One endpoint can have several local addresses and is then several
 * sockets. Columns: net/sctp/proc.c of the kernel.
 */
export function parseSctpEndpoints(text: string): readonly HostSocket[] {
  return text.split('\n').flatMap(parseEndpoint);
}

function parseEndpoint(line: string): readonly HostSocket[] {
  const [, , , state, , portText, uid, inode, ...addresses] = line.trim().split(/\s+/);
  const port = Number(portText);
  if (!isPort(port)) return [];
  return addresses.flatMap((text) => {
    const address = parseIpLiteral(text);
    if (address === undefined) return [];
    return {
      address: address === anyIPv6 ? anyAddress : address,
      port,
      protocol: 'sctp' as const,
      state: state === listening ? ('listening' as const) : ('bound' as const),
      holder: { kind: 'process' as const },
      uid: Number(uid),
      inode: Number(inode),
      ...(address === anyIPv6 && { dualStack: 'unknown' as const }),
    };
  });
}
