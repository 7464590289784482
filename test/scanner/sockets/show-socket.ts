import type { HostSocket } from '../../../src/scanner/sockets/read-sockets.ts';

/** A socket on one line, for tables: `tcp 127.0.0.1 8080 listening`, and what else is known of it. */
export function showSocket(socket: HostSocket): string {
  const { protocol, address, port, state, holder, dualStack, hasPeer } = socket;
  const process = holder.kind === 'process' ? [holder.pid, holder.name, holder.user] : [];
  return [
    protocol,
    address,
    port,
    state,
    dualStack && `dual-stack:${dualStack}`,
    hasPeer && 'peer',
    ...process,
  ]
    .filter((part) => part !== undefined)
    .join(' ');
}
