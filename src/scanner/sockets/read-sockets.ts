import type { Source } from '../../model/host/snapshot.ts';
import type { HostSocket, IdentifiedSockets, SocketReading } from './host-socket.ts';
import type { RunTool } from './run-tool.ts';

export { resolveUnknownDualStack } from './dual-stack.ts';
export type { HostSocket, IdentifiedSockets } from './host-socket.ts';
export type { RunTool } from './run-tool.ts';

/** The host to read; the defaults are this host. */
export interface ProcessOptions {
  readonly platform?: NodeJS.Platform | undefined;
  /** Linux: the path of /proc. */
  readonly root?: string | undefined;
  /** Linux: the path of /etc/passwd. */
  readonly passwd?: string | undefined;
  /** macOS and Windows: runs the system's tools. */
  readonly run?: RunTool | undefined;
}

/** The sockets that hold ports of this host, and the status of their source. */
export interface ProcessReading {
  readonly sockets: readonly HostSocket[];
  readonly source: Source;
}

/**
 * Returns the sockets that hold ports of this host now: listening TCP, all UDP and SCTP. On Linux without their holders,
 * which are expensive to find (see {@link identifyProcesses}). An unreadable table is a gap, never an exception.
 */
export async function readProcesses(options: ProcessOptions = {}): Promise<ProcessReading> {
  const { platform = process.platform } = options;
  const reading = await readTable(platform, options);
  if (reading === undefined) {
    const detail = `the sockets of ${platform} cannot be listed`;
    return { sockets: [], source: { name: 'processes', status: 'absent', detail } };
  }
  const sockets = reading.sockets.filter(holdsPort);
  return { sockets, source: toSource(sockets.length, reading) };
}

/**
 * Returns the local ends of TCP connections on these ports, including some that have just ended. They can prevent a bind:
 * read them when a bind has failed and no socket of {@link readProcesses} explains it.
 */
export async function readConnections(
  ports: ReadonlySet<number>,
  options: ProcessOptions = {},
): Promise<readonly HostSocket[]> {
  const { platform = process.platform, root } = options;
  if (isLinux(platform)) {
    const { readConnectedSockets } = await import('./linux/read-sockets.ts');
    return (await readConnectedSockets(ports, root)).sockets;
  }
  const reading = await readTable(platform, options);
  const found = reading?.sockets.filter((socket) => !holdsPort(socket) && ports.has(socket.port));
  return found ?? [];
}

/**
 * Returns the sockets with their holders: process, user, command line, unit, or the container that a process serves. Pass
 * only sockets whose holder is printed. Of a process that denies access, only the user is returned, where it is known.
 */
export async function identifyProcesses(
  sockets: readonly HostSocket[],
  options: ProcessOptions & {
    /** Linux: CPU time limit of the search; ms (default: 600). */
    readonly budgetMs?: number | undefined;
  } = {},
): Promise<IdentifiedSockets> {
  const { platform = process.platform, run } = options;
  if (isLinux(platform)) {
    const { identifyLinuxHolders } = await import('./linux/identify-holders.ts');
    return identifyLinuxHolders(sockets, options);
  }
  if (platform === 'darwin') {
    const { identifyMacosHolders } = await import('./macos/read-sockets.ts');
    return identifyMacosHolders(sockets, run);
  }
  if (platform === 'win32') {
    const { identifyWindowsHolders } = await import('./windows/read-sockets.ts');
    return identifyWindowsHolders(sockets, run);
  }
  return { sockets, complete: true };
}

async function readTable(
  platform: NodeJS.Platform,
  { root, run }: ProcessOptions,
): Promise<SocketReading | undefined> {
  if (isLinux(platform)) {
    const { readListeningSockets } = await import('./linux/read-sockets.ts');
    return readListeningSockets(root);
  }
  if (platform === 'darwin') {
    const { readMacosSockets } = await import('./macos/read-sockets.ts');
    return readMacosSockets(run);
  }
  if (platform === 'win32') {
    const { readWindowsSockets } = await import('./windows/read-sockets.ts');
    return readWindowsSockets(run);
  }
  return undefined;
}

function isLinux(platform: NodeJS.Platform): boolean {
  return platform === 'linux' || platform === 'android';
}

function holdsPort({ state }: HostSocket): boolean {
  return state === 'listening' || state === 'bound';
}

function toSource(count: number, { from, unread }: SocketReading): Source {
  if (unread.length === 0) {
    const detail = `${count} socket${count === 1 ? '' : 's'} of this host, ${from}`;
    return { name: 'processes', status: 'read', detail };
  }
  return {
    name: 'processes',
    status: 'gap',
    detail: `not all sockets of this host could be read: ${unread.join('; ')}`,
    hint: 'a port may be held by a socket that is not listed; free ports are confirmed by binding them',
  };
}
