import type { SkippedMove, SkipReason } from './edit.ts';
import type { Move } from './moves.ts';
import type { Change, Unverified, Verified } from './verify.ts';
import type { VirtualFiles } from './virtual-files.ts';

/** Texts of files in which ports are moved, and the moves that were not made. */
export interface EditResult {
  readonly texts: VirtualFiles;
  readonly skipped: readonly SkippedMove[];
}

/** The same reason for each of the moves. */
export function skipMoves(
  moves: readonly Move[],
  { reason, message }: SkipReason,
): readonly SkippedMove[] {
  return moves.map(({ publish }) => ({ publish, reason, message }));
}

/** The moves that proved not to do what was planned. */
export function skipDropped<Step extends Change>(
  { dropped }: Verified<Step>,
  explain: (unproven: Unverified<Step>) => SkipReason,
): readonly SkippedMove[] {
  return dropped.flatMap((one) => skipMoves(one.change.moves, explain(one)));
}
