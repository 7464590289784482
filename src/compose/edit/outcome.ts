import type { SkippedMove, SkipReason } from './edit.ts';
import type { Move } from './moves.ts';
import type { Change, Unverified, Verified } from './verify.ts';
import type { VirtualFiles } from './virtual-files.ts';

/** The new texts of files, and the moves that they do not include. */
export interface EditResult {
  readonly texts: VirtualFiles;
  readonly skipped: readonly SkippedMove[];
}

/** Returns the moves as skipped, all for the same reason. */
export function skipMoves(
  moves: readonly Move[],
  { reason, message }: SkipReason,
): readonly SkippedMove[] {
  return moves.map(({ publish }) => ({ publish, reason, message }));
}

/** Returns the moves of changes that failed verification as skipped. */
export function skipDropped<Step extends Change>(
  { dropped }: Verified<Step>,
  explain: (unverified: Unverified<Step>) => SkipReason,
): readonly SkippedMove[] {
  return dropped.flatMap((unverified) => skipMoves(unverified.change.moves, explain(unverified)));
}
