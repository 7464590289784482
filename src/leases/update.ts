import { link, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PortplanError } from '../errors.ts';
import { removeTemporaries, replaceFile } from './atomic-write.ts';
import { serializeLeases } from './file-format.ts';
import type { Lease } from './lease.ts';
import { type HeldLock, type LockLimits, withLock } from './lock.ts';
import { countOf, type Found, readLeases } from './read.ts';
import type { ChangeResult, LeaseChange, LeaseUpdate } from './types.ts';

/** The outcome of a change. */
export type Outcome<Result extends ChangeResult> =
  | { readonly kind: 'changed'; readonly update: LeaseUpdate<Result> }
  /** `change` has thrown, or the lock was lost. */
  | { readonly kind: 'failed'; readonly error: unknown };

/** Changes a file of leases under its lock. @throws PortplanError, and system errors */
export function changeLeases<Result extends ChangeResult>(
  file: string,
  change: LeaseChange<Result>,
  limits: LockLimits | undefined,
): Promise<Outcome<Result>> {
  return withLock(dirname(file), (lock) => changeFile(file, change, lock), limits);
}

async function changeFile<Result extends ChangeResult>(
  file: string,
  change: LeaseChange<Result>,
  lock: HeldLock,
): Promise<Outcome<Result>> {
  await removeTemporaries(dirname(file));
  const { leases: before, damage } = readLeases(file);
  let result: Result;
  let leases: readonly Lease[];
  let text: string;
  try {
    result = await change(before);
    leases = 'leases' in result ? result.leases : result;
    text = serializeLeases(leases);
  } catch (error) {
    return { kind: 'failed', error };
  }
  if (leases === before && damage === undefined)
    return { kind: 'changed', update: { leases, notes: [], result } };
  if (!(await lock.isHeld())) return { kind: 'failed', error: lostLock(file) };
  const notes = damage === undefined ? [] : [await setAside(file, damage, before)];
  await replaceFile(file, text);
  return { kind: 'changed', update: { leases, notes, result } };
}

function lostLock(file: string): PortplanError {
  return new PortplanError(
    'leases-unavailable',
    `${file} was changed by another process while this one was suspended; no lease was saved`,
    { hint: 'try again' },
  );
}

/** Renames a damaged file, and returns a note about it. */
async function setAside(
  file: string,
  { why, isRegular }: NonNullable<Found['damage']>,
  leases: readonly Lease[],
): Promise<string> {
  const aside = `${file}.damaged-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`;
  // A hard link keeps the file in place: without a file, other processes would see no leases for a moment.
  if (isRegular) await link(file, aside);
  else await rename(file, aside);
  return `${file} was damaged: ${why}; it is kept as ${aside}, and the ${countOf(leases)} that could be read were kept`;
}
