import type { Location } from '../../errors.ts';
import type { ComposePublish } from '../project.ts';

/**
 * How a plan is written.
 * - `override`: to an override file; the Compose file stays unchanged.
 * - `env`: to the variables that the Compose file uses for its ports, in a block of the env file.
 * - `file`: to the port numbers in the Compose file.
 */
export type WriteKind = 'override' | 'env' | 'file';

/** The change of one file. */
export interface FileEdit {
  /** Absolute. */
  readonly path: string;
  /** Text before the edit; `undefined` if the file does not exist. */
  readonly before: string | undefined;
  /** Text after the edit; `undefined` if the file is deleted. */
  readonly after: string | undefined;
}

/**
 * Why a port cannot be moved with the requested kind of write.
 * - `stdin`: the Compose file was read from stdin.
 * - `address`: the plan binds an address other than the one in the file.
 * - `range`: the planned ports of one entry are not consecutive.
 * - `outside-project`: the entry is in a file outside the project's folders.
 * - `other-project`: the entry is inherited from a file that belongs to another project.
 * - `shared`: services that need different ports share one entry (by anchor, merge key or `extends`).
 * - `used-elsewhere`: the entry has an anchor that is also used outside `ports`.
 * - `variable`: the number comes from a variable that the Compose file does not set.
 * - `not-editable`: the syntax of the entry is not supported: escapes, several lines, no literal number.
 * - `written-twice`: another entry of the service still publishes the old port.
 * - `no-variable`: the host port is not set by a variable of its own.
 * - `variable-shared`: the variable also sets something that must not change.
 * - `variable-outside`: the variable is set in the environment, which wins over every env file.
 * - `no-env-file`: Compose reads no env file.
 * - `override-not-read`: Compose does not read an override file, because the files were named.
 * - `hand-written`: the override file sets these ports outside the managed block.
 * - `unusual-form`: the syntax of the override file is not supported: brackets, aliases, several documents.
 * - `compose-too-old`: the installed Compose does not support `!override`.
 * - `unverified`: loaded again, the project would publish other ports than planned.
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

/** Why a move is skipped, as a code and a message. */
export interface SkipReason {
  readonly reason: SkipReasonCode;
  readonly message: string;
}

/** A port that is not moved, with the reason. */
export interface SkippedMove extends SkipReason {
  readonly publish: ComposePublish;
}

/**
 * A warning about edits.
 * - `stale-reference`: the old host port occurs elsewhere in the project.
 * - `compose-version`: older releases of Compose read the result differently.
 * - `new-port`: a port was added to the Compose file after the override file was written, and is added to that.
 */
export interface EditWarning {
  readonly code: 'stale-reference' | 'compose-version' | 'new-port';
  readonly message: string;
  readonly location?: Location | undefined;
}

/** The edits that write a plan, and the moves that they do not include. */
export interface EditPlan {
  readonly edits: readonly FileEdit[];
  readonly skipped: readonly SkippedMove[];
  readonly warnings: readonly EditWarning[];
}
