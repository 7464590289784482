import { link, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { PortplanError } from '../errors.ts';
import { removeTemporaries, replaceFile } from './atomic-write.ts';
import { serializeLeases } from './file-format.ts';
import type { Lease } from './lease.ts';
import { type HeldLock, type LockLimits, withLock } from './lock.ts';
import { countOf, type Found, readLeases } from './read.ts';
import type { LeaseChange, LeaseState } from './store.ts';

/** How a change went. */
export type Outcome =
  | { readonly kind: 'changed'; readonly state: LeaseState }
  /** The change itself has thrown. */
  | { readonly kind: 'refused'; readonly error: unknown };

/** Changes a file of leases while nobody else does. @throws PortplanError, and the system's errors */
export function changeLeases(
  file: string,
  change: LeaseChange,
  limits: LockLimits | undefined,
): Promise<Outcome> {
  return withLock(dirname(file), (lock) => changeFile(file, change, lock), limits);
}

async function changeFile(file: string, change: LeaseChange, lock: HeldLock): Promise<Outcome> {
  await removeTemporaries(dirname(file));
  const { leases: before, damage } = readLeases(file);
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
