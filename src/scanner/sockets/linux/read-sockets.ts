import { join } from 'node:path';
import { messageOf, systemCodeOf } from '../../../errors.ts';
import { resolveDualStack } from '../dual-stack.ts';
import type { HostSocket, SocketReading } from '../host-socket.ts';
import {
  listenState,
  parseSocketRow,
  type SocketRow,
  type SocketTable,
  toHostSocket,
} from './proc-net.ts';
import { readLines } from './read-proc.ts';
import { parseSctpEndpoints } from './sctp.ts';

interface TableFile extends SocketTable {
  readonly file: string;
  /** Missing where the kernel was built or booted without the protocol. */
  readonly optional: boolean;
}

const tables: readonly TableFile[] = [
  { file: 'net/tcp', protocol: 'tcp', family: 4, optional: false },
  { file: 'net/tcp6', protocol: 'tcp', family: 6, optional: true },
  { file: 'net/udp', protocol: 'udp', family: 4, optional: false },
  { file: 'net/udp6', protocol: 'udp', family: 6, optional: true },
];

/**
 * Returns the listening TCP, all UDP and the SCTP sockets of this network namespace. Fast even on a host with very many
 * connections: the kernel lists the listening sockets first (Documentation/networking/proc_net_tcp), and reading stops
 * after them. All files are read concurrently and off the main thread.
 * @param root the path of /proc; another folder in tests
 */
export async function readListeningSockets(root = '/proc'): Promise<SocketReading> {
  const parts = await Promise.all([
    ...tables.map((table) => readPart(root, table, () => readHolding(root, table))),
    readPart(root, { file: 'net/sctp/eps', optional: true }, () => readSctp(root)),
  ]);
  return {
    sockets: resolveDualStack(parts.flatMap(({ sockets }) => sockets)),
    from: join(root, 'net'),
    unread: parts.flatMap(({ unread }) => unread),
  };
}

/**
 * Returns the local ends of TCP connections on these ports, in any state: they can prevent a bind and are in no list of
 * listeners. Reads the whole table, so call it only after a bind has failed without a known holder. Returns connections
 * with the same address, port, state and user as one.
 */
export async function readConnectedSockets(
  ports: ReadonlySet<number>,
  root = '/proc',
): Promise<SocketReading> {
  const parts = await Promise.all(
    tables
      .filter(({ protocol }) => protocol === 'tcp')
      .map((table) => readPart(root, table, () => readConnections(root, table, ports))),
  );
  return {
    sockets: parts.flatMap(({ sockets }) => sockets),
    from: join(root, 'net'),
    unread: parts.flatMap(({ unread }) => unread),
  };
}

async function readHolding(root: string, table: TableFile): Promise<readonly HostSocket[]> {
  const sockets: HostSocket[] = [];
  await readRows(root, table, (row) => {
    if (table.protocol === 'tcp' && row.state !== listenState) return false;
    const socket = toHostSocket(row, table);
    if (socket) sockets.push(socket);
    return true;
  });
  return sockets;
}

async function readConnections(
  root: string,
  table: TableFile,
  ports: ReadonlySet<number>,
): Promise<readonly HostSocket[]> {
  const found = new Map<string, HostSocket>();
  await readRows(root, table, (row) => {
    if (row.state === listenState || !ports.has(Number.parseInt(row.port, 16))) return true;
    const socket = toHostSocket(row, table);
    if (socket) keepOne(found, socket);
    return true;
  });
  return [...found.values()];
}

async function readSctp(root: string): Promise<readonly HostSocket[]> {
  const lines: string[] = [];
  await readLines(join(root, 'net/sctp/eps'), (line) => lines.push(line) > 0);
  return parseSctpEndpoints(lines.join('\n'));
}

async function readRows(
  root: string,
  { file, family }: TableFile,
  take: (row: SocketRow) => boolean,
): Promise<void> {
  await readLines(join(root, file), (line) => {
    const row = parseSocketRow(line, family);
    return row === undefined || take(row);
  });
}

/** Prefers a socket with an inode, because the inode identifies its process. */
function keepOne(found: Map<string, HostSocket>, socket: HostSocket): void {
  const { address, port, state, uid } = socket;
  const key = `${address} ${port} ${state} ${uid}`;
  if (found.get(key)?.inode === undefined) found.set(key, socket);
}

async function readPart(
  root: string,
  { file, optional }: Pick<TableFile, 'file' | 'optional'>,
  readIt: () => Promise<readonly HostSocket[]>,
): Promise<Pick<SocketReading, 'sockets' | 'unread'>> {
  try {
    return { sockets: await readIt(), unread: [] };
  } catch (error) {
    if (optional && systemCodeOf(error) === 'ENOENT') return { sockets: [], unread: [] };
    return {
      sockets: [],
      unread: [`${join(root, file)}: ${systemCodeOf(error) ?? messageOf(error)}`],
    };
  }
}
