import type { Lease } from './lease.ts';

/** Why a lease is probably unused. */
export type Staleness =
  /** Its project's folder does not exist. */
  | 'directory-gone'
  /** No plan has used it for 90 days. */
  | 'unused';

export interface StaleLease {
  readonly lease: Lease;
  readonly why: Staleness;
}

const maxIdleMs = 90 * 86_400_000;

/** Returns the leases that are probably unused. `exists` returns whether a folder exists; true when unsure. */
export function findStale(
  leases: readonly Lease[],
  now: Date,
  exists: (directory: string) => boolean,
): readonly StaleLease[] {
  const known = new Map<string, boolean>();
  const isThere = (directory: string): boolean => {
    const before = known.get(directory);
    if (before !== undefined) return before;
    const answer = exists(directory);
    known.set(directory, answer);
    return answer;
  };
  return leases.flatMap((lease): readonly StaleLease[] => {
    if (!isThere(lease.directory)) return [{ lease, why: 'directory-gone' }];
    const rest = now.getTime() - new Date(lease.usedAt).getTime();
    return !lease.pinned && rest > maxIdleMs ? [{ lease, why: 'unused' }] : [];
  });
}
