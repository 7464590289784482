import { messageOf, PortplanError, systemCodeOf } from '../../errors.ts';
import { type EngineAddress, formatEngineAddress } from '../connect/address.ts';

/** What a failed call to an engine is about: which address, and what was asked of it. */
interface CallContext {
  readonly address: EngineAddress;
  /** `list containers`, `start the container`. */
  readonly task: string;
  readonly timeoutMs: number;
}

/** A refusal of the engine in its own words, with the HTTP status that came with it. */
export class EngineApiError extends PortplanError {
  readonly status: number;

  constructor(message: string, status: number, details: { hint?: string; cause?: unknown } = {}) {
    super('engine-failed', message, details);
    this.status = status;
  }
}

/** Whether the engine says that there is no such thing: by its status or, as podman in a race, in words only. */
export function isMissing(error: unknown): boolean {
  return (
    error instanceof EngineApiError &&
    (error.status === 404 || /no such container/i.test(error.message))
  );
}

/** Turns whatever a call threw into an error in words: nobody there, no permission, too slow, refused, or nonsense. */
export function toEngineError(error: unknown, context: CallContext): PortplanError {
  if (error instanceof PortplanError) return error;
  const where = formatEngineAddress(context.address);
  const status = statusOf(error);
  if (status !== undefined)
    return new EngineApiError(refusalText(error, status), status, { cause: error });
  switch (systemCodeOf(error)) {
    case 'ENOENT':
    case 'ECONNREFUSED':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'ENOTSOCK':
      return new PortplanError('engine-absent', `no engine answers at ${where}`, {
        hint: 'is it running? `docker context ls` shows the engines that docker knows',
        cause: error,
      });
    case 'EACCES':
    case 'EPERM':
      return new PortplanError('engine-denied', `no permission to use the engine at ${where}`, {
        hint: 'be a member of the group that owns the socket (mostly docker), or use sudo',
        cause: error,
      });
    case 'ECONNRESET':
    case 'EPIPE':
      return failed(`the engine at ${where} hung up while asked to ${context.task}`, {
        hint: 'it may have ended, or what stands between; see its log, then try again',
        cause: error,
      });
    default:
      return failed(
        `the engine at ${where} gave no sensible answer when asked to ${context.task}: ${messageOf(error)}`,
        { hint: 'is it really a Docker or Podman engine?', cause: error },
      );
  }
}

/** The error of a call that took too long. */
export function timeoutError({ address, task, timeoutMs }: CallContext): PortplanError {
  const seconds = `${timeoutMs / 1000} s`;
  return new PortplanError(
    'engine-timeout',
    `the engine at ${formatEngineAddress(address)} did not answer within ${seconds} when asked to ${task}`,
    { hint: 'it may be busy or hung; --timeout SECONDS waits longer' },
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

/** The engine's own message; docker-modem wraps it as `(HTTP code 500) server error - MESSAGE `. */
function refusalText(error: unknown, status: number): string {
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
  return unwrapped === '' ? `the engine refused with HTTP status ${status}` : unwrapped;
}
