import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf, PortplanError, systemCodeOf } from '../errors.ts';
import { userHome } from '../user-home.ts';
import type { Lease } from './lease.ts';
import type { LockLimits } from './lock.ts';
import { countOf, readLeases } from './read.ts';
import {
  checkStateFolder,
  findHomeProblem,
  type StatePlace,
  stateFolderOf,
} from './state-folder.ts';

/** The leases at one moment. */
export interface LeaseState {
  readonly leases: readonly Lease[];
  /** What was wrong with the file, and what was done about it. */
  readonly notes: readonly string[];
}

/** Gives the leases that shall be kept from now on; the same list for no change. */
export type LeaseChange = (
  leases: readonly Lease[],
) => readonly Lease[] | Promise<readonly Lease[]>;

/** The ports that are remembered, of this user or of all who share a folder. */
export interface LeaseStore {
  /** The file, for messages. */
  readonly file: string;
  /** Why this user can have no leases, for a note; `undefined` if the folder can be used or made. */
  readonly problem: string | undefined;
  /** The leases now. Changes nothing, and needs no rights to write. @throws PortplanError `leases-unavailable` */
  read(): Promise<LeaseState>;
  /**
   * Changes the leases; nobody else changes them while `change` works, so a plan that is made inside it goes around the
   * leases of everybody. When it resolves, the change is on the disk; when it throws, nothing has changed. Not to be
   * called inside another change.
   * @throws PortplanError `leases-unavailable`, and whatever `change` throws.
   */
  update(change: LeaseChange): Promise<LeaseState>;
}

/** Where leases are kept, and how patient their lock is. */
export interface LeaseStoreOptions {
  readonly env?: StatePlace['env'] | undefined;
  readonly home?: string | undefined;
  readonly platform?: string | undefined;
  readonly limits?: LockLimits | undefined;
}

/** Opens the store; no file is touched before it is used. @throws PortplanError `invalid-usage`, see `stateFolderOf` */
export function openLeaseStore({
  env = process.env,
  home = userHome(),
  platform = process.platform,
  limits,
}: LeaseStoreOptions = {}): LeaseStore {
  const folder = stateFolderOf({ env, home, platform });
  const file = join(folder, 'leases.json');
  const problem = findHomeProblem(folder, home);
  return {
    file,
    problem,
    read: () =>
      inWords(file, async () => {
        if (problem !== undefined) throw noLeases(problem);
        checkStateFolder(folder);
        return await readState(file);
      }),
    async update(change) {
      const outcome = await inWords(file, async () => {
        if (problem !== undefined) throw noLeases(problem);
        checkStateFolder(folder);
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        // Most commands only read: what a change needs is loaded for a change.
        const { changeLeases } = await import('./update.ts');
        return await changeLeases(file, change, limits);
      });
      if (outcome.kind === 'refused') throw outcome.error;
      return outcome.state;
    },
  };
}

function noLeases(problem: string): PortplanError {
  return new PortplanError('leases-unavailable', `leases cannot be kept: ${problem}`, {
    hint: 'set PORTPLAN_STATE_DIR to a folder that this user may write to',
  });
}

/** Errors of the system become words. */
async function inWords<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = systemCodeOf(error);
    if (error instanceof PortplanError || code === undefined) throw error;
    throw new PortplanError('leases-unavailable', `cannot use ${file}: ${messageOf(error)}`, {
      hint: hintFor(error),
      cause: error,
    });
  }
}

function hintFor(error: unknown): string {
  const call = typeof error === 'object' && error !== null && 'syscall' in error && error.syscall;
  if (call === 'rename')
    return "several users share a folder that belongs to their group, and in which they may replace each other's files: chmod 2770, without the sticky bit";
  if (call === 'link')
    return 'the folder has to be on a file system with hard links; PORTPLAN_STATE_DIR names another one';
  return 'PORTPLAN_STATE_DIR names another folder for it, which has to be writable';
}

async function readState(file: string): Promise<LeaseState> {
  const { leases, damage } = readLeases(file);
  if (damage === undefined) return { leases, notes: [] };
  const note = `${file} is damaged: ${damage.why}; the next change sets it aside and keeps the ${countOf(leases)} that can be read`;
  return { leases, notes: [note] };
}
