import type { Location } from '../../errors.ts';
import type { ComposePublish } from '../project.ts';

/**
 * How a plan is put in place.
 * - `override`: an override file beside the compose file, which stays as it is.
 * - `env`: the variables that the compose file uses for its ports, in a block of the env file.
 * - `file`: the numbers in the compose file itself.
 */
export type WriteKind = 'override' | 'env' | 'file';

/** What becomes of one file. */
export interface FileEdit {
  /** Absolute. */
  readonly path: string;
  /** What the file holds now; absent where there is none. */
  readonly before: string | undefined;
  /** What it shall hold; absent where it shall go. */
  readonly after: string | undefined;
}

/**
 * Why a port cannot be moved in the way that was asked for.
 * - `stdin`: the compose file was read from there.
 * - `address`: the plan binds another address than the file says.
 * - `range`: ports that one entry publishes together would be torn apart.
 * - `outside-project`: the entry stands in a file outside the project's folders.
 * - `other-project`: the entry is inherited from a file that is a project of its own.
 * - `shared`: one entry (an anchor, a merge key, a base of `extends`) stands for services that need different ports.
 * - `used-elsewhere`: the number has an anchor, which something else than ports uses too.
 * - `variable`: the number comes from a variable, whose value stands elsewhere or nowhere.
 * - `not-editable`: the entry is written in a way that is not changed: escapes, several lines, a computed text.
 * - `written-twice`: another entry of the service still publishes the old port.
 * - `no-variable`: no variable stands for the port.
 * - `variable-shared`: the variable stands for something else that would change, too.
 * - `variable-outside`: the environment sets the variable, and wins over every env file.
 * - `no-env-file`: no env file is read.
 * - `override-not-read`: Compose would not read an override here, because the files were named.
 * - `hand-written`: the override sets these ports by hand.
 * - `unusual-form`: the override is written in a way that is not changed: brackets, aliases, several documents.
 * - `compose-too-old`: the Compose here does not know `!override`.
 * - `unproven`: read again, the result would publish something else than planned.
 */
type SkipReasonCode =
  | 'stdin'
  | 'address'
  | 'range'
  | 'outside-project'
  | 'other-project'
  | 'shared'
  | 'used-elsewhere'
  | 'variable'
  | 'not-editable'
  | 'written-twice'
  | 'no-variable'
  | 'variable-shared'
  | 'variable-outside'
  | 'no-env-file'
  | 'override-not-read'
  | 'hand-written'
  | 'unusual-form'
  | 'compose-too-old'
  | 'unverified';

/** Why, as a code and in words. */
export interface SkipReason {
  readonly reason: SkipReasonCode;
  readonly message: string;
}

/** A port that stays where it is, and why. */
export interface SkippedMove extends SkipReason {
  readonly publish: ComposePublish;
}

/**
 * What is to be known about edits.
 * - `old-number`: the old host port stands elsewhere in the project.
 * - `compose-version`: older releases of Compose read the result otherwise.
 * - `new-port`: a port was added to the compose file since the override was written, and is now in it.
 */
export interface EditWarning {
  readonly code: 'old-number' | 'compose-version' | 'new-port';
  readonly message: string;
  readonly location?: Location | undefined;
}

/** The edits that put a plan in place; `refused` tells what they leave undone. */
export interface EditPlan {
  readonly edits: readonly FileEdit[];
  readonly skipped: readonly SkippedMove[];
  readonly warnings: readonly EditWarning[];
}
