import type { Refusal, Why } from './edit.ts';
import type { Move } from './moves.ts';
import type { Change, Proof, Unproven } from './verify.ts';
import type { Texts } from './virtual-files.ts';

/** Texts of files in which ports are moved, and the moves that were not made. */
export interface Written {
  readonly texts: Texts;
  readonly refused: readonly Refusal[];
}

/** The same reason for each of the moves. */
export function refusalsOf(moves: readonly Move[], { reason, message }: Why): readonly Refusal[] {
  return moves.map(({ publish }) => ({ publish, reason, message }));
}

/** The moves that proved not to do what was planned. */
export function refusalsFrom<Step extends Change>(
  { dropped }: Proof<Step>,
  explain: (unproven: Unproven<Step>) => Why,
): readonly Refusal[] {
  return dropped.flatMap((one) => refusalsOf(one.change.moves, explain(one)));
}
