import { messageOf, systemCodeOf } from '../../../errors.ts';
import { heldBy } from '../holder.ts';
import type { HostSocket, IdentifiedSockets, SocketReading } from '../host-socket.ts';
import { type RunTool, runTool } from '../run-tool.ts';
import { systemTool } from './netsh.ts';
import { parseWindowsNetstat } from './netstat.ts';
import { parseTasklist } from './tasklist.ts';

/** Every socket of this Windows host, connections too; those inside WSL are another host's. */
export async function readWindowsSockets(run: RunTool = runTool): Promise<SocketReading> {
  try {
    const text = await run(systemTool('netstat.exe'), ['-ano']);
    return { sockets: parseWindowsNetstat(text), from: 'netstat', unread: [] };
  } catch (error) {
    const reason = systemCodeOf(error) ?? messageOf(error);
    return { sockets: [], from: 'netstat', unread: [`netstat -ano: ${reason}`] };
  }
}

/** Names the holders of these sockets with tasklist: the program and its services. */
export async function identifyWindowsHolders(
  sockets: readonly HostSocket[],
  run: RunTool = runTool,
): Promise<IdentifiedSockets> {
  if (sockets.length === 0) return { sockets, complete: true };
  const text = await run(systemTool('tasklist.exe'), ['/svc', '/fo', 'csv', '/nh']).catch(() => '');
  const tasks = parseTasklist(text);
  const named = sockets.map((socket) => {
    const pid = socket.holder.kind === 'process' ? socket.holder.pid : undefined;
    const task = pid === undefined ? undefined : tasks.get(pid);
    if (pid === undefined || task === undefined) return socket;
    return heldBy(socket, { pid, name: task.name, unit: task.services, argv: [] });
  });
  return { sockets: named, complete: true };
}
