import { heldBy } from '../holder.ts';
import type { HostSocket, IdentifiedSockets } from '../host-socket.ts';
import { describeProcess, openProcessTree, type ProcessTree, userName } from './process.ts';
import { findOwners } from './socket-owners.ts';

export interface LinuxNameOptions {
  /** Where /proc is. */
  readonly root?: string | undefined;
  /** The list of users. */
  readonly passwd?: string | undefined;
  /** What the search for the processes may cost, in milliseconds of the processor. */
  readonly budgetMs?: number | undefined;
}

/** Names the holders of these sockets; of another user's process only the user is known. */
export function identifyLinuxHolders(
  sockets: readonly HostSocket[],
  { root = '/proc', passwd, budgetMs }: LinuxNameOptions = {},
): IdentifiedSockets {
  if (sockets.length === 0) return { sockets, complete: true };
  const inodes = sockets.flatMap(({ inode }) => inode ?? []);
  const { owners, complete } = findOwners(inodes, { root, budgetMs });
  const tree = openProcessTree(root, passwd);
  const describe = memoise((pid: number) => describeProcess(pid, tree));
  const named = sockets.map((socket) => {
    const pid = socket.inode === undefined ? undefined : owners.get(socket.inode);
    const process = pid === undefined ? undefined : describe(pid);
    return process === undefined ? withUser(socket, tree) : heldBy(socket, process);
  });
  return { sockets: named, complete };
}

function withUser(socket: HostSocket, { users }: ProcessTree): HostSocket {
  if (socket.uid === undefined) return socket;
  return { ...socket, holder: { kind: 'process', user: userName(socket.uid, users) } };
}

function memoise<Key, Value>(compute: (key: Key) => Value): (key: Key) => Value {
  const known = new Map<Key, Value>();
  return (key) => {
    const value = known.has(key) ? (known.get(key) as Value) : compute(key);
    known.set(key, value);
    return value;
  };
}
