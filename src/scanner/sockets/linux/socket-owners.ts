import { readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { systemCodeOf } from '../../../errors.ts';
import { readParent } from './proc-stat.ts';

/** The processes that have sockets open. */
export interface OwnerSearch {
  /** Process ids by socket inode. */
  readonly owners: ReadonlyMap<number, number>;
  /** `false` when the search ran out of time. */
  readonly complete: boolean;
}

export interface OwnerOptions {
  /** Where /proc is. */
  readonly root?: string | undefined;
  /**
   * Time limit of the search, because some sockets belong to no visible process. Counts CPU time of this process, so that
   * a busy host does not cut the search short.
   */
  readonly budgetMs?: number | undefined;
  /** A clock in milliseconds. */
  readonly now?: (() => number) | undefined;
}

interface Search {
  readonly root: string;
  readonly wanted: Set<number>;
  readonly owners: Map<number, number>;
  readonly timeIsUp: () => boolean;
}

/** Enough for some 20 000 descriptors. */
const defaultBudgetMs = 600;

/**
 * Returns the processes that hold these sockets. Only the links in /proc/<pid>/fd show them, at 6 microseconds each. The
 * order finds ordinary servers first: descriptors 3 to 9 of every process, the newest process
 * first; then the rest below 100; then all others. Of several processes that share a socket, returns the oldest ancestor:
 * the master, not its worker. Skips processes that exit during the search or deny access.
 */
export function findOwners(inodes: Iterable<number>, options: OwnerOptions = {}): OwnerSearch {
  const { root = '/proc', budgetMs = defaultBudgetMs, now = createClock() } = options;
  const deadline = now() + budgetMs;
  const search: Search = {
    root,
    wanted: new Set(inodes),
    owners: new Map(),
    timeIsUp: () => now() > deadline,
  };
  const complete = search.wanted.size === 0 || searchAll(search);
  return { owners: search.owners, complete };
}

/**
 * Returns a clock of this process's CPU time in ms. Reads it on every tenth call, because reading it costs half as much as
 * reading a descriptor.
 */
function createClock(): () => number {
  let calls = 0;
  let time = 0;
  return () => {
    if (calls % 10 === 0) {
      const { user, system } = process.cpuUsage();
      time = (user + system) / 1000;
    }
    calls += 1;
    return time;
  };
}

/** Returns whether the search is complete: all sockets found, or all descriptors read. */
function searchAll(search: Search): boolean {
  const pids = readNumbers(search.root).reverse();
  const rest: { readonly pid: number; readonly high: readonly number[] }[] = [];
  const readAll =
    pids.every((pid) => searchDescriptors(search, pid, commonDescriptors)) &&
    pids.every((pid) => {
      const { low, high } = otherDescriptors(search.root, pid);
      rest.push({ pid, high });
      return searchDescriptors(search, pid, low);
    }) &&
    rest.every(({ pid, high }) => searchDescriptors(search, pid, high));
  return readAll || search.wanted.size === 0;
}

/** Descriptors on which servers usually have their sockets; read without listing the open ones. */
const commonDescriptors: readonly number[] = [3, 4, 5, 6, 7, 8, 9];

function otherDescriptors(root: string, pid: number) {
  const others = readNumbers(join(root, `${pid}/fd`)).filter(
    (fd) => !commonDescriptors.includes(fd),
  );
  return { low: others.filter((fd) => fd < 100), high: others.filter((fd) => fd >= 100) };
}

/** Reads descriptors of a process, and returns whether to continue: sockets remain, and there is time. */
function searchDescriptors(search: Search, pid: number, descriptors: readonly number[]): boolean {
  for (const descriptor of descriptors) {
    if (search.wanted.size === 0 || search.timeIsUp()) return false;
    const link = readSocketLink(search.root, pid, descriptor);
    if (link === 'denied') return true;
    if (link !== undefined && search.wanted.delete(link)) {
      search.owners.set(link, oldestHolder(search.root, pid, descriptor, link));
    }
  }
  return search.wanted.size > 0;
}

/** Returns the oldest ancestor that has the same socket under the same descriptor: it was inherited. */
function oldestHolder(root: string, pid: number, descriptor: number, inode: number): number {
  let holder = pid;
  for (let generation = 0; generation < 16; generation += 1) {
    const parent = readParent(root, holder);
    if (parent === undefined || readSocketLink(root, parent, descriptor) !== inode) break;
    holder = parent;
  }
  return holder;
}

/** Returns the inode of a socket, `denied` without permission, `undefined` for another descriptor. */
function readSocketLink(
  root: string,
  pid: number,
  descriptor: number,
): number | 'denied' | undefined {
  try {
    const target = readlinkSync(`${root}/${pid}/fd/${descriptor}`);
    return target.startsWith('socket:[') ? Number(target.slice(8, -1)) : undefined;
  } catch (error) {
    const code = systemCodeOf(error);
    return code === 'EACCES' || code === 'EPERM' ? 'denied' : undefined;
  }
}

/** Returns the numeric names in a folder in ascending order; an empty list if it cannot be read. */
function readNumbers(folder: string): number[] {
  try {
    return readdirSync(folder)
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .sort((a, b) => a - b);
  } catch {
    return [];
  }
}
