import { messageOf, systemCodeOf } from '../../../errors.ts';
import { isWildcard } from '../../../model/ports/address.ts';
import { heldBy } from '../holder.ts';
import type { HostSocket, IdentifiedSockets, SocketReading } from '../host-socket.ts';
import { type RunTool, runTool } from '../run-tool.ts';
import { parseLsof } from './lsof.ts';
import { parseMacosNetstat } from './netstat.ts';
import { parsePs, parsePsNames } from './ps.ts';

/**
 * Returns all sockets of this Mac, connections included. netstat lists the sockets of all users. Where its release omits
 * the processes, or where it cannot run, lsof lists the sockets of this user.
 */
export async function readMacosSockets(run: RunTool = runTool): Promise<SocketReading> {
  const [tcp, udp] = await Promise.all([netstat('tcp', run), netstat('udp', run)]);
  const seen = [...tcp.sockets, ...udp.sockets];
  const unread = [...tcp.unread, ...udp.unread];
  const ownersKnown = seen.some(({ holder }) => holder.kind === 'process' && holder.pid);
  if (ownersKnown && unread.length === 0) return { sockets: seen, from: 'netstat', unread };
  const own = await listOpenSockets(run);
  return { sockets: mergeOwners(seen, own), from: 'netstat and lsof', unread };
}

/** Returns the sockets with their holders, of all users, from ps. */
export async function identifyMacosHolders(
  sockets: readonly HostSocket[],
  run: RunTool = runTool,
): Promise<IdentifiedSockets> {
  const pids = new Set(sockets.flatMap((socket) => pidOf(socket) ?? []));
  if (pids.size === 0) return { sockets, complete: true };
  const list = [...pids].join(',');
  const ps = (columns: string) =>
    run('/bin/ps', ['-ww', '-o', columns, '-p', list]).catch(() => '');
  const [details, names] = await Promise.all([
    ps('pid=,user=,lstart=,command=').then(parsePs),
    ps('pid=,comm=').then(parsePsNames),
  ]);
  const named = sockets.map((socket) => {
    const pid = pidOf(socket);
    const process = pid === undefined ? undefined : details.get(pid);
    if (pid === undefined || process === undefined) return socket;
    const argv = process.command.split(' ');
    return heldBy(socket, { ...process, pid, name: names.get(pid) ?? nameOf(socket), argv });
  });
  return { sockets: named, complete: true };
}

/**
 * Returns the sockets of the table with the processes that lsof lists, and the sockets that only lsof lists. Without a
 * readable table these are at least the sockets of this user.
 */
export function mergeOwners(
  table: readonly HostSocket[],
  own: readonly HostSocket[],
): readonly HostSocket[] {
  const merged = table.map((socket) => {
    const owner = pidOf(socket) === undefined && own.find((other) => isSame(socket, other));
    return owner ? { ...socket, holder: owner.holder } : socket;
  });
  return [...merged, ...own.filter((socket) => !table.some((other) => isSame(other, socket)))];
}

async function netstat(
  protocol: 'tcp' | 'udp',
  run: RunTool,
): Promise<Pick<SocketReading, 'sockets' | 'unread'>> {
  try {
    const text = await run('/usr/sbin/netstat', ['-anvW', '-p', protocol]);
    return { sockets: parseMacosNetstat(text), unread: [] };
  } catch (error) {
    const reason = systemCodeOf(error) ?? messageOf(error);
    return { sockets: [], unread: [`netstat -p ${protocol}: ${reason}`] };
  }
}

async function listOpenSockets(run: RunTool): Promise<readonly HostSocket[]> {
  const args = ['-nP', '-iTCP', '-iUDP', '-F', 'pcLutPnT'];
  return parseLsof(await run('/usr/sbin/lsof', args).catch(() => ''));
}

function isSame(one: HostSocket, other: HostSocket): boolean {
  return (
    one.protocol === other.protocol &&
    one.port === other.port &&
    (one.address === other.address ||
      (isWildcard(one.address) && isWildcard(other.address) && one.address !== '0.0.0.0'))
  );
}

function pidOf({ holder }: HostSocket): number | undefined {
  return holder.kind === 'process' ? holder.pid : undefined;
}

function nameOf({ holder }: HostSocket): string | undefined {
  return holder.kind === 'process' ? holder.name : undefined;
}
