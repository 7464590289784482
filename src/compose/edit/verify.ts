import { PortplanError } from '../../errors.ts';
import type { ComposeProject } from '../project.ts';
import { differingServices, type PortTexts, portTexts } from './expected-ports.ts';
import type { Move } from './moves.ts';
import type { VirtualFiles } from './virtual-files.ts';
import type { Workspace } from './workspace.ts';

/** Moves that are applied together or not at all. */
export interface Change {
  readonly moves: readonly Move[];
}

/** The result of a set of changes. */
export interface Proposal {
  readonly texts: VirtualFiles;
  /** The ports that the project must have afterwards. */
  readonly expected: PortTexts;
}

/** A change that fails verification, with the project that results from it. */
export interface Unverified<Step extends Change> {
  readonly change: Step;
  /** The resulting project, or the error if it does not load. */
  readonly result: ComposeProject | PortplanError;
}

/** The changes that passed verification, and those that did not. */
export interface Verified<Step extends Change> {
  readonly applied: readonly Step[];
  readonly dropped: readonly Unverified<Step>[];
  /** File texts with all applied changes. */
  readonly texts: VirtualFiles;
}

/**
 * Loads the project again with the changes and keeps those that lead to exactly the expected ports: all at once if that
 * works, else the ones that work in order, found by bisection.
 * @throws any error of `propose` or `reload` that is not a PortplanError.
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
  const extend = (accepted: readonly Step[], more: readonly Step[]): readonly Step[] => {
    if (more.length === 0) return accepted;
    const result = attempt([...accepted, ...more]);
    if (result === undefined) return [...accepted, ...more];
    const [change, ...others] = more;
    if (change !== undefined && others.length === 0) {
      dropped.push({ change, result });
      return accepted;
    }
    const half = more.length >> 1;
    return extend(extend(accepted, more.slice(0, half)), more.slice(half));
  };
  const applied = extend([], changes);
  const { texts } = propose(applied);
  // Without any change, the texts may still differ by cleanup that has not been verified.
  const isVerified = applied.length > 0 || texts.size === 0 || attempt(applied) === undefined;
  return { applied, dropped, texts: isVerified ? texts : new Map() };
}
