import { readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { systemCodeOf } from '../../../errors.ts';
import { readParent } from './proc-stat.ts';

/** Which process has which sockets open. */
export interface OwnerSearch {
  /** Process ids by socket inode. */
  readonly owners: ReadonlyMap<number, number>;
  /** False when the time was up before every process had been looked at. */
  readonly complete: boolean;
}

export interface OwnerOptions {
  /** Where /proc is. */
  readonly root?: string | undefined;
  /**
   * How much time the search may cost: some sockets belong to no process that can be seen, and are sought in vain.
   * Counted is what this program gets of the processors, so that a busy host, too, gives an answer.
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
 * The processes that hold these sockets. Only links of /proc/<pid>/fd tell, at 6 microseconds each, so they are read in
 * the order in which ordinary servers are found soonest: descriptors 3 to 9 of every process, the newest process
 * first; then the rest below 100; then all others. Of several processes that share a socket it is the oldest ancestor: the
 * master and not its worker. Processes that end meanwhile or may not be looked into are passed over.
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
  const complete = search.wanted.size === 0 || lookEverywhere(search);
  return { owners: search.owners, complete };
}

/**
 * Milliseconds that this program has worked: where many wait for a processor, the clock would cut the search short. Told
 * to every tenth who asks, because asking the system costs half of what looking at a descriptor does.
 */
function createClock(): () => number {
  let asked = 0;
  let time = 0;
  return () => {
    if (asked % 10 === 0) {
      const { user, system } = process.cpuUsage();
      time = (user + system) / 1000;
    }
    asked += 1;
    return time;
  };
}

/** Whether the search came to an end by itself: all found, or all looked at. */
function lookEverywhere(search: Search): boolean {
  const pids = readNumbers(search.root).reverse();
  const rest: { readonly pid: number; readonly high: readonly number[] }[] = [];
  const wentThrough =
    pids.every((pid) => look(search, pid, usual)) &&
    pids.every((pid) => {
      const { low, high } = unusualDescriptors(search.root, pid);
      rest.push({ pid, high });
      return look(search, pid, low);
    }) &&
    rest.every(({ pid, high }) => look(search, pid, high));
  return wentThrough || search.wanted.size === 0;
}

/** Where servers mostly have their sockets; looked at without asking which of them are open. */
const usual: readonly number[] = [3, 4, 5, 6, 7, 8, 9];

function unusualDescriptors(root: string, pid: number) {
  const others = readNumbers(join(root, `${pid}/fd`)).filter((fd) => !usual.includes(fd));
  return { low: others.filter((fd) => fd < 100), high: others.filter((fd) => fd >= 100) };
}

/** Looks at some descriptors of a process, and says whether to go on: something is wanted, and there is time. */
function look(search: Search, pid: number, descriptors: readonly number[]): boolean {
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

/** Follows the parents for as long as they have the same socket under the same number: it was inherited. */
function oldestHolder(root: string, pid: number, descriptor: number, inode: number): number {
  let holder = pid;
  for (let generation = 0; generation < 16; generation += 1) {
    const parent = readParent(root, holder);
    if (parent === undefined || readSocketLink(root, parent, descriptor) !== inode) break;
    holder = parent;
  }
  return holder;
}

/** The inode of an open socket, `denied` where no descriptor of the process may be seen, or nothing. */
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

/** The names in a folder that are numbers, in ascending order; none if it cannot be read. */
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
