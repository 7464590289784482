import { basename, join } from 'node:path';
import { parseCgroup } from './cgroup.ts';
import { parseBootTime, parseStat, startTime } from './proc-stat.ts';
import { readBounded } from './read-proc.ts';

/** The identity of a process from /proc. A process can set its name and command line to any text. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly name: string;
  /** The effective user: a name, or the number of one without. */
  readonly user?: string | undefined;
  /** The command line, cut to 4 KiB. */
  readonly argv: readonly string[];
  readonly unit?: string | undefined;
  readonly containerId?: string | undefined;
  /** ISO 8601, UTC. */
  readonly startedAt?: string | undefined;
}

/** Data that is read once to identify several processes. */
export interface ProcessTree {
  readonly root: string;
  readonly users: ReadonlyMap<number, string>;
  readonly bootTime: number | undefined;
  /** The container in which portplan runs; ignored, because all visible processes run in it. */
  readonly ownContainer: string | undefined;
}

const maxCommandBytes = 4096;

/** Reads the data that identifying the processes of this tree requires. */
export function openProcessTree(root = '/proc', passwd = '/etc/passwd'): ProcessTree {
  const text = (path: string) => readBounded(join(root, path), 1_048_576)?.toString('latin1') ?? '';
  return {
    root,
    users: readUsers(passwd),
    bootTime: parseBootTime(text('stat')),
    ownContainer: parseCgroup(text('self/cgroup')).containerId,
  };
}

/** Returns the identity of a process; `undefined` if it has exited or is hidden from this user. */
export function describeProcess(pid: number, tree: ProcessTree): ProcessIdentity | undefined {
  const read = (file: string, max?: number) => readBounded(join(tree.root, `${pid}/${file}`), max);
  const comm = read('comm')?.toString('utf8').trimEnd();
  if (comm === undefined) return undefined;
  const argv = parseCommandLine(read('cmdline', maxCommandBytes));
  const stat = parseStat(read('stat')?.toString('latin1') ?? '');
  const cgroup = parseCgroup(read('cgroup')?.toString('utf8') ?? '');
  return {
    pid,
    name: programName(comm, argv),
    user: effectiveUser(read('status')?.toString('latin1') ?? '', tree.users),
    argv,
    unit: cgroup.unit,
    containerId: cgroup.containerId === tree.ownContainer ? undefined : cgroup.containerId,
    startedAt: stat && tree.bootTime !== undefined ? startTime(stat, tree.bootTime) : undefined,
  };
}

/** The arguments of a command line, which ends each with a NUL byte. A half character at the cut is left out. */
export function parseCommandLine(bytes: Buffer | undefined): readonly string[] {
  const text = new TextDecoder().decode(bytes, { stream: true });
  const argv = text.split('\0');
  while (argv.length > 0 && argv.at(-1) === '') argv.pop();
  return argv;
}

/**
 * Returns the name of a process. The kernel keeps 15 bytes of it and names a program that re-executed itself `exe`, and
 * some runtimes rename their main thread (Node since 22.12). In these cases the first argument has the name.
 */
export function programName(comm: string, argv: readonly string[]): string {
  const program = basename(argv[0] ?? '');
  if (program === '') return comm;
  const cut = Buffer.byteLength(comm) === 15 && program.startsWith(comm);
  return cut || comm === 'exe' || comm.endsWith('MainThread') ? program : comm;
}

function effectiveUser(status: string, users: ReadonlyMap<number, string>): string | undefined {
  const uid = /^Uid:\s+\d+\s+(\d+)/m.exec(status)?.[1];
  return uid === undefined ? undefined : userName(Number(uid), users);
}

/** Returns the name of a user, or the number of a user without a name. */
export function userName(uid: number, users: ReadonlyMap<number, string>): string {
  return users.get(uid) ?? String(uid);
}

/** Returns the names of users by number, from the text of /etc/passwd. The first line of a number counts. */
export function parsePasswd(text: string): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  for (const line of text.split('\n')) {
    const [name, , uid] = line.split(':');
    if (!name || uid === undefined || !/^\d+$/.test(uid)) continue;
    if (!names.has(Number(uid))) names.set(Number(uid), name);
  }
  return names;
}

/** Reads the local users. Users of a directory service are not in the file and keep their numbers. */
export function readUsers(passwd = '/etc/passwd'): ReadonlyMap<number, string> {
  return parsePasswd(readBounded(passwd, 1_048_576)?.toString('utf8') ?? '');
}
