import { familiesOf } from '../../model/ports/address.ts';
import type { HostSocket } from '../sockets/host-socket.ts';
import { tryTcp, tryUdp } from './bind.ts';
import { withProbeLock } from './probe-lock.ts';

/**
 * Returns the sockets without those that another portplan process held for an instant to probe a port. While the probe
 * lock is held, no process probes, so a socket on a requested port whose address can be bound now is gone. One bind for each
 * such socket; none for ports without a holder.
 * @param isKnown - whether the engine lists the port of a socket: a probe never holds it
 */
export async function withoutProbes(
  sockets: readonly HostSocket[],
  ports: ReadonlySet<number>,
  isKnown: (socket: HostSocket) => boolean,
): Promise<readonly HostSocket[]> {
  const suspects = sockets.filter(
    (socket) =>
      ports.has(socket.port) &&
      ['listening', 'bound'].includes(socket.state) &&
      socket.protocol !== 'sctp' &&
      !isKnown(socket),
  );
  if (suspects.length === 0) return sockets;
  const gone = await withProbeLock(async () => {
    const found = new Set<HostSocket>();
    for (const suspect of suspects) if (await isGone(suspect)) found.add(suspect);
    return found;
  });
  return gone.size === 0 ? sockets : sockets.filter((socket) => !gone.has(socket));
}

async function isGone({ address, port, protocol }: HostSocket): Promise<boolean> {
  for (const one of familiesOf(address)) {
    const socket = { address: one, port };
    const error = await (protocol === 'tcp' ? tryTcp(socket) : tryUdp(socket, { reuse: false }));
    if (error !== undefined) return false;
  }
  return true;
}
