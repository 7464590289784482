import { link, mkdir, rename } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { messageOf, PortplanError, systemCodeOf } from '../errors.ts';
import type { Lease } from './lease.ts';
import { mostBytes, parseLeases, serializeLeases } from './lease-text.ts';
import { type HeldLock, type LockLimits, withLock } from './lock.ts';
import { readRegularFile } from './regular-file.ts';
import { removeTemporaries, replaceFile } from './replace-file.ts';
import { type StatePlace, stateFolderOf } from './state-folder.ts';

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
  home = homedir(),
  platform = process.platform,
  limits,
}: LeaseStoreOptions = {}): LeaseStore {
  const folder = stateFolderOf({ env, home, platform });
  const file = join(folder, 'leases.json');
  return {
    file,
    read: () => inWords(file, () => readState(file)),
    async update(change) {
      const outcome = await inWords(file, async () => {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        return await withLock(folder, (lock) => changeFile(file, change, lock), limits);
      });
      if (outcome.kind === 'refused') throw outcome.error;
      return outcome.state;
    },
  };
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

interface Found {
  readonly leases: readonly Lease[];
  /** What of the file could not be read. */
  readonly damage?: { readonly why: string; readonly isRegular: boolean } | undefined;
}

async function readState(file: string): Promise<LeaseState> {
  const { leases, damage } = await readLeases(file);
  if (damage === undefined) return { leases, notes: [] };
  const note = `${file} is damaged: ${damage.why}; the next change sets it aside and keeps the ${countOf(leases)} that can be read`;
  return { leases, notes: [note] };
}

/** @throws PortplanError `leases-unavailable` for a file of a newer portplan */
async function readLeases(file: string): Promise<Found> {
  const content = await readRegularFile(file, { maxBytes: mostBytes });
  if (content.kind === 'absent') return { leases: [] };
  if (content.kind === 'odd')
    return { leases: [], damage: { why: content.why, isRegular: content.isRegular } };
  const parsed = parseLeases(content.text);
  if (parsed.kind === 'newer') throw newer(file, parsed.version);
  const { leases, faults } = parsed;
  return {
    leases,
    ...(faults.length > 0 && { damage: { why: faults.join('; '), isRegular: true } }),
  };
}

function newer(file: string, version: number): PortplanError {
  return new PortplanError(
    'leases-unavailable',
    `${file} is of format ${version}, which a newer portplan has written`,
    { hint: 'update portplan, or set PORTPLAN_STATE_DIR to another folder' },
  );
}

type Outcome =
  | { readonly kind: 'changed'; readonly state: LeaseState }
  /** The change itself has thrown. */
  | { readonly kind: 'refused'; readonly error: unknown };

async function changeFile(file: string, change: LeaseChange, lock: HeldLock): Promise<Outcome> {
  await removeTemporaries(dirname(file));
  const { leases: before, damage } = await readLeases(file);
  let leases: readonly Lease[];
  let text: string;
  try {
    leases = await change(before);
    text = serializeLeases(leases);
  } catch (error) {
    return { kind: 'refused', error };
  }
  if (leases === before && damage === undefined)
    return { kind: 'changed', state: { leases, notes: [] } };
  if (!(await lock.isHeld())) return { kind: 'refused', error: lostLock(file) };
  const notes = damage === undefined ? [] : [await setAside(file, damage, before)];
  await replaceFile(file, text);
  return { kind: 'changed', state: { leases, notes } };
}

function lostLock(file: string): PortplanError {
  return new PortplanError(
    'leases-unavailable',
    `${file} was changed by another process while this one stood still; nothing was remembered`,
    { hint: 'try again' },
  );
}

/** Keeps a damaged file under another name; gives the words for it. */
async function setAside(
  file: string,
  { why, isRegular }: NonNullable<Found['damage']>,
  leases: readonly Lease[],
): Promise<string> {
  const aside = `${file}.damaged-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`;
  // A second name instead of a new one: there is no moment without a file, in which it would look as if none had been.
  if (isRegular) await link(file, aside);
  else await rename(file, aside);
  return `${file} was damaged: ${why}; it is kept as ${aside}, and the ${countOf(leases)} that could be read were kept`;
}

function countOf({ length }: readonly Lease[]): string {
  return length === 1 ? '1 lease' : `${length} leases`;
}
