/** A place in a file the user wrote. One-based, as editors and SARIF count. */
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

/** Why the program could not do what it was asked; stable, part of the JSON output. */
export type ErrorCode =
  /** The command line cannot be understood. */
  | 'invalid-usage'
  /** A file, image name or other input is broken. */
  | 'invalid-input'
  /** A publish (`-p`, a compose `ports` entry) is not one; `reason` says which part. */
  | 'invalid-publish'
  /** The named docker context does not exist or is damaged. */
  | 'unknown-context'
  /** Nothing answers at the engine's address. */
  | 'engine-absent'
  /** The engine's socket may not be opened. */
  | 'engine-denied'
  /** The engine did not answer in time. */
  | 'engine-timeout'
  /** The engine responded with an error or an invalid response. */
  | 'engine-failed'
  /** The image is not there and cannot be pulled. */
  | 'image-unavailable'
  /** A container could not be created or started. */
  | 'start-failed'
  /** Docker Compose is not there, or too old. */
  | 'compose-unavailable'
  /** No port is left that could be planned. */
  | 'no-free-port'
  /** A service that is asked for does not run, or publishes nothing. */
  | 'not-running'
  /** The remembered ports cannot be read or written. */
  | 'leases-unavailable'
  /** Ctrl-C or SIGTERM. */
  | 'interrupted'
  /** A bug in portplan; printed, never thrown. */
  | 'internal-error';

interface ErrorDetails {
  /** What to do next: one sentence, often a command. */
  readonly hint?: string | undefined;
  /** The class of the fault inside its code, for programs. */
  readonly reason?: string | undefined;
  readonly location?: Location | undefined;
  readonly cause?: unknown;
  /** The exit code that the shell conventions ask for here, where it is not the code's own. */
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

/** In characters. A message quotes names and values, and those of strangers may have megabytes. */
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
 * @throws every other error than a {@link PortplanError}
 */
export function asPortplanError(error: unknown): PortplanError {
  if (error instanceof PortplanError) return error;
  throw error;
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The system's code of a failed call (`ENOENT`, `EADDRINUSE`), if the error carries one. */
export function systemCodeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
