import type { IncomingMessage } from 'node:http';

/** No answer of an engine is longer; a list of ten thousand containers has half of it. */
export const maxResponseBytes = 16 * 1024 * 1024;

/** The error for an answer that is longer. */
export function responseTooLarge(): Error {
  return new Error(`it is longer than ${maxResponseBytes / 1024 / 1024} MiB`);
}

/** An answer as text. @throws Error when it is too long */
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
 * Makes docker-modem read no more of an answer than is sensible; by itself it collects whatever comes. Streams that were
 * asked for stay streams.
 */
export function limitResponses(modem: object): void {
  const { dial } = modem as Modem;
  Object.assign(modem, {
    dial: (request: Request, callback: Callback) =>
      dial.call(modem, { ...request, ...asStream }, (error, result) => {
        const response = result as IncomingMessage | undefined;
        if (error || typeof response?.statusCode !== 'number') return callback(error, result);
        const means = request.statusCodes[response.statusCode];
        if (means === true && request.isStream) return callback(null, response);
        textOf(response).then((text) => {
          const json = jsonOf(text);
          if (means === true) callback(null, json);
          else callback(limitError(response.statusCode ?? 0, means, json));
        }, callback);
      }),
  });
}

interface Request {
  readonly isStream?: boolean;
  /** True for success, else what the status means. */
  readonly statusCodes: Readonly<Record<number, unknown>>;
}

interface Modem {
  dial(request: Request, callback: Callback): void;
}

type Callback = (error: unknown, result?: unknown) => void;

/** Every status is judged here. */
const asStream = {
  isStream: true,
  statusCodes: Object.fromEntries(
    Array.from({ length: 500 }, (_, index) => [index + 100, true] as const),
  ),
} as const;

/** As docker-modem gives it: the bytes where it is no JSON. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) || Buffer.from(text);
  } catch {
    return Buffer.from(text);
  }
}

/** As docker-modem words it. */
function limitError(status: number, reason: unknown, json: unknown): Error {
  const message = `(HTTP code ${status}) ${reason ?? 'unexpected'} - ${causeOf(json)} `;
  return Object.assign(new Error(message), { reason, statusCode: status, json });
}

/** Only a text can be told: JSON may also be an object that has none (`{"toString": 1}`), or a thousand levels deep. */
function causeOf(json: unknown): string {
  if (Buffer.isBuffer(json)) return json.toString();
  const { message, error } = json as { readonly message?: unknown; readonly error?: unknown };
  const cause = message ?? error ?? json;
  return typeof cause === 'string' ? cause : '';
}
