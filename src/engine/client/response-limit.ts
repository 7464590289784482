import type { IncomingMessage } from 'node:http';

/** The largest accepted response body, 16 MiB; a list of ten thousand containers has half of it. */
export const maxResponseBytes = 16 * 1024 * 1024;

/** Returns the error for a response above `maxResponseBytes`. */
export function responseTooLarge(): Error {
  return new Error(`the response is larger than ${maxResponseBytes / 1024 / 1024} MiB`);
}

/** Returns a response body as UTF-8 text. @throws Error above `maxResponseBytes` */
export async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response) {
    length += chunk.length;
    if (length > maxResponseBytes) {
      response.destroy();
      throw responseTooLarge();
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/**
 * Limits every response body that docker-modem collects to `maxResponseBytes`; docker-modem itself has no limit. A
 * requested stream stays an unlimited stream.
 */
export function limitResponses(modem: object): void {
  const { dial } = modem as Modem;
  Object.assign(modem, {
    dial: (request: Request, callback: Callback) =>
      dial.call(modem, { ...request, ...asStream }, (error, result) => {
        const response = result as IncomingMessage | undefined;
        if (error || typeof response?.statusCode !== 'number') return callback(error, result);
        const meaning = request.statusCodes[response.statusCode];
        if (meaning === true && request.isStream) return callback(null, response);
        textOf(response).then((text) => {
          const json = jsonOf(text);
          if (meaning === true) callback(null, json);
          else callback(statusError(response.statusCode ?? 0, meaning, json));
        }, callback);
      }),
  });
}

interface Request {
  readonly isStream?: boolean;
  /** `true` for success, else the reason phrase of the status. */
  readonly statusCodes: Readonly<Record<number, unknown>>;
}

interface Modem {
  dial(request: Request, callback: Callback): void;
}

type Callback = (error: unknown, result?: unknown) => void;

/** Makes docker-modem accept every status, because `limitResponses` evaluates it. */
const asStream = {
  isStream: true,
  statusCodes: Object.fromEntries(
    Array.from({ length: 500 }, (_, index) => [index + 100, true] as const),
  ),
} as const;

/** Returns parsed JSON, or the bytes if it is not JSON, as docker-modem does. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) || Buffer.from(text);
  } catch {
    return Buffer.from(text);
  }
}

/** Returns an error with docker-modem's wording and fields. */
function statusError(status: number, reason: unknown, json: unknown): Error {
  const message = `(HTTP code ${status}) ${reason ?? 'unexpected'} - ${causeOf(json)} `;
  return Object.assign(new Error(message), { reason, statusCode: status, json });
}

/** Returns the message, or empty unless it is a string: JSON may also be `{"toString": 1}`, or a thousand levels deep. */
function causeOf(json: unknown): string {
  if (Buffer.isBuffer(json)) return json.toString();
  const { message, error } = json as { readonly message?: unknown; readonly error?: unknown };
  const cause = message ?? error ?? json;
  return typeof cause === 'string' ? cause : '';
}
