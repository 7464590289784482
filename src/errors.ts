/** A position in a file of the user. Lines and columns start at 1, as in editors and SARIF. */
export interface Location {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Returns the text after `file:line:column`, which terminals and editors open; without a location, the text alone. */
export function atLocation(location: Location | undefined, text: string): string {
  return location === undefined
    ? text
    : `${location.file}:${location.line}:${location.column}: ${text}`;
}

/** The class of a failure. Codes are stable and part of the JSON output. */
export type ErrorCode =
  /** The command line is invalid. */
  | 'invalid-usage'
  /** A file, image name or other input is invalid. */
  | 'invalid-input'
  /** A publish (`-p`, a Compose `ports` entry) is invalid; `reason` is the code of the invalid part. */
  | 'invalid-publish'
  /** The named docker context does not exist or is damaged. */
  | 'unknown-context'
  /** No engine responds at the address. */
  | 'engine-absent'
  /** The user has no permission to open the engine's socket. */
  | 'engine-denied'
  /** The engine did not respond in time. */
  | 'engine-timeout'
  /** The engine responded with an error or an invalid response. */
  | 'engine-failed'
  /** The image is not available locally and cannot be pulled. */
  | 'image-unavailable'
  /** A container could not be created or started. */
  | 'start-failed'
  /** Docker Compose is not installed, or too old. */
  | 'compose-unavailable'
  /** Every port that a plan may use is taken. */
  | 'no-free-port'
  /** The requested service does not run, or publishes no ports. */
  | 'not-running'
  /** The port leases cannot be read or written. */
  | 'leases-unavailable'
  /** Ctrl-C or SIGTERM. */
  | 'interrupted'
  /** A bug in portplan; printed, never thrown. */
  | 'internal-error';

interface ErrorDetails {
  /** The next step: one sentence, often a command. */
  readonly hint?: string | undefined;
  /** A code inside the error code, for programs, such as `invalid-host-port`. */
  readonly reason?: string | undefined;
  readonly location?: Location | undefined;
  readonly cause?: unknown;
  /** Replaces the exit code of `code` where shell conventions require another one. */
  readonly exitCode?: number | undefined;
}

/** An expected failure, reported without a stack. Any other exception is an internal error. */
export class PortplanError extends Error {
  override readonly name = 'PortplanError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly reason: string | undefined;
  readonly location: Location | undefined;
  readonly exitCode: number | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(cut(message), details.cause === undefined ? {} : { cause: details.cause });
    this.code = code;
    this.hint = details.hint === undefined ? undefined : cut(details.hint);
    this.reason = details.reason;
    this.location = details.location;
    this.exitCode = details.exitCode;
  }
}

/** In characters. A message quotes names and values, and untrusted ones can have megabytes. */
const maxTextLength = 3000;

function cut(text: string): string {
  if (text.length <= maxTextLength) return text;
  return `${text.slice(0, maxTextLength - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

/** Returns the error with another hint; errors of other classes are returned unchanged. */
export function withHint(error: unknown, hint: string): unknown {
  if (!(error instanceof PortplanError)) return error;
  const { code, message, reason, location, exitCode } = error;
  return new PortplanError(code, message, { hint, reason, location, exitCode, cause: error });
}

/**
 * Runs `work` and returns its result, or the {@link PortplanError} that it throws.
 * @throws every other error
 */
export function attempt<T>(work: () => T): T | PortplanError {
  try {
    return work();
  } catch (error) {
    return asPortplanError(error);
  }
}

/**
 * Returns the error of a rejected promise: `await read().catch(asPortplanError)`.
 * @throws every error that is not a {@link PortplanError}
 */
export function asPortplanError(error: unknown): PortplanError {
  if (error instanceof PortplanError) return error;
  throw error;
}

/** Returns the message of a thrown error, or the text of any other thrown value. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Returns the code of a failed system call (`ENOENT`, `EADDRINUSE`); `undefined` if the error has no text code. */
export function systemCodeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
