import { messageOf, PortplanError, systemCodeOf } from '../../errors.ts';
import { type EngineAddress, formatEngineAddress } from '../connect/address.ts';

/** The address, the task and the deadline of a call, for its error message. */
interface CallContext {
  readonly address: EngineAddress;
  /** `listing containers`, `starting the container`. */
  readonly task: string;
  readonly timeoutMs: number;
}

interface ErrorDetails {
  readonly hint?: string;
  readonly cause?: unknown;
}

/** An error response of the engine, with the engine's own message. */
export class EngineApiError extends PortplanError {
  /** The HTTP status. */
  readonly status: number;

  constructor(message: string, status: number, details: ErrorDetails = {}) {
    super('engine-failed', message, details);
    this.status = status;
  }
}

/** Whether the engine reports a missing object: by status 404 or, as Podman does in a race, only by its message. */
export function isMissing(error: unknown): boolean {
  return (
    error instanceof EngineApiError &&
    (error.status === 404 || /no such container/i.test(error.message))
  );
}

/**
 * Returns the PortplanError for anything that a call threw: `engine-absent` (no connection), `engine-denied` (no
 * permission), or `engine-failed` (closed connection, error status as EngineApiError, unexpected response). A
 * PortplanError is returned unchanged.
 */
export function toEngineError(error: unknown, context: CallContext): PortplanError {
  if (error instanceof PortplanError) return error;
  const where = formatEngineAddress(context.address);
  const status = statusOf(error);
  if (status !== undefined)
    return new EngineApiError(apiErrorMessage(error, status), status, { cause: error });
  switch (systemCodeOf(error)) {
    case 'ENOENT':
    case 'ECONNREFUSED':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'ENOTSOCK':
      return new PortplanError('engine-absent', `no engine answers at ${where}`, {
        hint: 'start it, or choose another engine: docker context ls',
        cause: error,
      });
    case 'EACCES':
    case 'EPERM':
      return new PortplanError('engine-denied', `no permission to use the engine at ${where}`, {
        hint: 'add your user to the group that owns the socket (usually docker), or use sudo',
        cause: error,
      });
    case 'ECONNRESET':
    case 'EPIPE':
      return failed(`the engine at ${where} closed the connection while ${context.task}`, {
        hint: 'the engine, or a proxy before it, may have stopped: check its log, then retry',
        cause: error,
      });
    default:
      return failed(
        `unexpected response from the engine at ${where} while ${context.task}: ${messageOf(error)}`,
        { hint: 'check that a Docker or Podman engine listens at this address', cause: error },
      );
  }
}

/** Returns the error `engine-timeout` for a call that exceeded its deadline. */
export function timeoutError({ address, task, timeoutMs }: CallContext): PortplanError {
  const seconds = `${timeoutMs / 1000} s`;
  return new PortplanError(
    'engine-timeout',
    `the engine at ${formatEngineAddress(address)} did not answer within ${seconds} while ${task}`,
    { hint: 'the engine may be busy or hung; wait longer with --timeout SECONDS' },
  );
}

function failed(
  message: string,
  details: { readonly hint: string; readonly cause: unknown },
): PortplanError {
  return new PortplanError('engine-failed', message, details);
}

function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('statusCode' in error)) return undefined;
  return typeof error.statusCode === 'number' ? error.statusCode : undefined;
}

/** Returns the engine's own message; docker-modem wraps it as `(HTTP code 500) server error - MESSAGE `. */
function apiErrorMessage(error: unknown, status: number): string {
  const json =
    typeof error === 'object' && error !== null && 'json' in error ? error.json : undefined;
  if (
    typeof json === 'object' &&
    json !== null &&
    'message' in json &&
    typeof json.message === 'string'
  ) {
    return json.message.trim();
  }
  const unwrapped = messageOf(error)
    .replace(/^\(HTTP code \d+\) .*? - /s, '')
    .trim();
  return unwrapped === '' ? `the engine responded with HTTP status ${status}` : unwrapped;
}
