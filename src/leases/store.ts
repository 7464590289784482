import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf, PortplanError, systemCodeOf } from '../errors.ts';
import { userHome } from '../user-home.ts';
import type { LockLimits } from './lock.ts';
import { countOf, readLeases } from './read.ts';
import {
  checkStateFolder,
  findHomeProblem,
  type StatePlace,
  stateFolderOf,
} from './state-folder.ts';
import type { ChangeResult, LeaseChange, LeaseState, LeaseUpdate } from './types.ts';

/** The store of leased ports, of one user or of all users of a shared folder. */
export interface LeaseStore {
  /** Path of the file, for messages. */
  readonly file: string;
  /** Why this user cannot have leases, for a note; `undefined` if the folder can be used or created. */
  readonly problem: string | undefined;
  /** Returns the leases. Needs no write permission. @throws PortplanError `leases-unavailable` */
  read(): Promise<LeaseState>;
  /**
   * Replaces the leases by those that `change` returns, holding the lock: a plan made inside sees the leases of all other
   * processes. When it resolves, the change is on disk; when it rejects, nothing has changed. Must not be nested.
   * @returns the new state, with what `change` returned
   * @throws PortplanError `leases-unavailable`, and every error of `change`
   */
  update<Result extends ChangeResult>(change: LeaseChange<Result>): Promise<LeaseUpdate<Result>>;
}

/** Location of the leases, and the limits of their lock. */
export interface LeaseStoreOptions {
  readonly env?: StatePlace['env'] | undefined;
  readonly home?: string | undefined;
  readonly platform?: string | undefined;
  readonly limits?: LockLimits | undefined;
}

/** Returns the store. Touches no file before its first use. @throws PortplanError `invalid-usage`, see `stateFolderOf` */
export function openLeaseStore({
  env = process.env,
  home = userHome(),
  platform = process.platform,
  limits,
}: LeaseStoreOptions = {}): LeaseStore {
  const folder = stateFolderOf({ env, home, platform });
  const file = join(folder, 'leases.json');
  const requireUsable = () => {
    const problem = findHomeProblem(folder, home);
    if (problem !== undefined) throw noLeases(problem);
    checkStateFolder(folder);
  };
  return {
    file,
    get problem() {
      return findHomeProblem(folder, home);
    },
    read: () =>
      withStoreErrors(file, async () => {
        requireUsable();
        return await readState(file);
      }),
    async update(change) {
      const outcome = await withStoreErrors(file, async () => {
        requireUsable();
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        // Loaded on demand: most commands only read.
        const { changeLeases } = await import('./update.ts');
        return await changeLeases(file, change, limits);
      });
      if (outcome.kind === 'failed') throw outcome.error;
      return outcome.update;
    },
  };
}

function noLeases(problem: string): PortplanError {
  return new PortplanError('leases-unavailable', `leases are not available: ${problem}`, {
    hint: 'set PORTPLAN_STATE_DIR to a folder that this user can write to',
  });
}

/** Runs `work`. @throws PortplanError `leases-unavailable` for system errors */
async function withStoreErrors<T>(file: string, work: () => Promise<T>): Promise<T> {
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
