import { PortplanError } from '../../errors.ts';
import type { ComposeProject } from '../project.ts';
import { differingServices, type PortTexts, portTexts } from './expected-ports.ts';
import type { Move } from './moves.ts';
import type { VirtualFiles } from './virtual-files.ts';
import type { Workspace } from './workspace.ts';

/** A step that belongs together: it is done as a whole, or not at all. */
export interface Change {
  readonly moves: readonly Move[];
}

/** What a set of changes leads to. */
export interface Proposal {
  readonly texts: VirtualFiles;
  /** The ports that the project must have then. */
  readonly expected: PortTexts;
}

/** A change that would not do what was planned, and what it would do instead. */
export interface Unverified<Step extends Change> {
  readonly change: Step;
  /** The project as it would be, or why it could not be loaded any more. */
  readonly result: ComposeProject | PortplanError;
}

export interface Verified<Step extends Change> {
  readonly applied: readonly Step[];
  readonly dropped: readonly Unverified<Step>[];
  /** With all that is kept. */
  readonly texts: VirtualFiles;
}

/**
 * Keeps the changes after which the project, loaded again, has exactly the ports that it must have: all of them at
 * once where that works, else those that work one after the other, found by halving.
 */
export function verify<Step extends Change>(
  changes: readonly Step[],
  propose: (changes: readonly Step[]) => Proposal,
  { reload }: Workspace,
): Verified<Step> {
  const dropped: Unverified<Step>[] = [];
  const attempt = (steps: readonly Step[]): ComposeProject | PortplanError | undefined => {
    const { texts, expected } = propose(steps);
    try {
      const result = reload(texts);
      return differingServices(expected, portTexts(result)).length === 0 ? undefined : result;
    } catch (error) {
      if (error instanceof PortplanError) return error;
      throw error;
    }
  };
  const keep = (kept: readonly Step[], more: readonly Step[]): readonly Step[] => {
    if (more.length === 0) return kept;
    const result = attempt([...kept, ...more]);
    if (result === undefined) return [...kept, ...more];
    const [change, ...others] = more;
    if (change !== undefined && others.length === 0) {
      dropped.push({ change, result });
      return kept;
    }
    const half = more.length >> 1;
    return keep(keep(kept, more.slice(0, half)), more.slice(half));
  };
  const kept = keep([], changes);
  const { texts } = propose(kept);
  // Without a change, what is tidied up was not tried yet.
  const isTried = kept.length > 0 || texts.size === 0 || attempt(kept) === undefined;
  return { applied: kept, dropped, texts: isTried ? texts : new Map() };
}
