import { connect } from 'node:net';
import type { EngineAddress } from '../connect/address.ts';
import { maxResponseBytes, responseTooLarge } from './response-limit.ts';
import type { EngineResponse, Query } from './types.ts';

/** What is asked of an engine. */
interface GetRequest {
  readonly path: string;
  readonly query: Query;
  /** The version of the API that is spoken by now. */
  readonly version: string | undefined;
  readonly signal: AbortSignal;
}

/** A part of HTTP that is not read here. */
class UnreadResponse extends Error {}

/** Longer heads are left to others. */
const maxHeadBytes = 65_536;

/**
 * One GET on the socket of an engine, or nothing where it takes more than this: another kind of address, an answer that
 * is not HTTP/1.1 with a length or chunks and JSON in it. Then dockerode is to ask again.
 *
 * Why not node:http: with it the first answer is there after 31 ms, with this after 12 (and with dockerode after 170),
 * and most commands ask three things in all.
 * @throws what dockerode throws: the error of the system, and one with the `statusCode` and the `json` of a refusal.
 */
export async function getOverSocket(
  address: EngineAddress,
  { path, query, version, signal }: GetRequest,
): Promise<EngineResponse | undefined> {
  if (address.scheme !== 'unix') return undefined;
  const parameters = new URLSearchParams(query).toString();
  const target = `${version === undefined ? '' : `/v${version}`}${path}${parameters && `?${parameters}`}`;
  try {
    const { status, headers, body } = await exchange(address.path, target, signal);
    const json = path === '/_ping' && status === 200 ? undefined : parseJson(body);
    if (status === 200) return { headers, json };
    if (!hasReason(json)) return undefined;
    throw Object.assign(new Error(`HTTP status ${status}`), { statusCode: status, json });
  } catch (error) {
    if (error instanceof UnreadResponse) return undefined;
    throw error;
  }
}

function hasReason(json: object | undefined): boolean {
  return json !== undefined && 'message' in json && typeof json.message === 'string';
}

function parseJson(body: Buffer): object {
  try {
    const json: unknown = JSON.parse(body.toString());
    if (typeof json === 'object' && json !== null) return json;
  } catch {
    // The same as for other values that no engine sends.
  }
  throw new UnreadResponse();
}

interface Exchange {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

function exchange(socketPath: string, target: string, signal: AbortSignal): Promise<Exchange> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const socket = connect({ path: socketPath });
    // As an option of connect() it loads a module of its own, 1 ms.
    const onAbort = () => end(() => reject(signal.reason));
    signal.addEventListener('abort', onAbort, { once: true });
    const chunks: Buffer[] = [];
    let head: Head | undefined;
    let length = 0;
    const end = (settle: () => void) => {
      signal.removeEventListener('abort', onAbort);
      settle();
      socket.destroy();
    };
    const read = () => {
      try {
        head ??= readHead(Buffer.concat(chunks));
        if (head === undefined || length < head.leastLength) return;
        const body = bodyOf(head, Buffer.concat(chunks));
        const { status, headers } = head;
        if (body !== undefined) end(() => resolve({ status, headers, body }));
      } catch (error) {
        end(() => reject(error));
      }
    };
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      length += chunk.length;
      if (length > maxResponseBytes) return end(() => reject(responseTooLarge()));
      // Chunks are looked through once, when they may be complete.
      if (head?.isChunked !== true || endsChunks(chunk)) read();
    });
    socket.on('error', (error) => end(() => reject(error)));
    socket.on('end', () => end(() => reject(hungUp())));
    socket.write(`GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
  });
}

interface Head {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Where the body begins. */
  readonly start: number;
  readonly isChunked: boolean;
  /** How many bytes the answer has at least. */
  readonly leastLength: number;
}

/** The head of an answer, or nothing while it is not there in full. */
function readHead(bytes: Buffer): Head | undefined {
  const start = bytes.indexOf('\r\n\r\n') + 4;
  if (start < 4) {
    if (bytes.length > maxHeadBytes || !'HTTP/1.1 '.startsWith(bytes.toString('latin1', 0, 9)))
      throw new UnreadResponse();
    return undefined;
  }
  const [first = '', ...lines] = bytes.toString('latin1', 0, start - 4).split('\r\n');
  const status = Number(/^HTTP\/1\.1 ([2-5]\d\d)(?: |$)/.exec(first)?.[1]);
  const fields = lines.map((line) => /^([!#$%&'*+.^_`|~\w-]+):[ \t]*(.*?)[ \t]*$/.exec(line));
  const names = fields.map((field) => field?.[1]?.toLowerCase());
  const unknown = names.includes(undefined) || new Set(names).size < names.length;
  const headers = Object.fromEntries(fields.map((field, at) => [names[at], field?.[2] ?? '']));
  const { 'transfer-encoding': coding, 'content-length': count } = headers;
  const isChunked = coding === 'chunked';
  const hasLength = coding === undefined && /^\d{1,12}$/.test(count ?? '');
  if (Number.isNaN(status) || unknown || 'content-encoding' in headers) throw new UnreadResponse();
  if (isChunked === hasLength || (isChunked && count !== undefined)) throw new UnreadResponse();
  const leastLength = start + (isChunked ? 5 : Number(count));
  return { status, headers, start, isChunked, leastLength };
}

/** The body, or nothing while it is not there in full. */
function bodyOf({ start, isChunked, leastLength }: Head, bytes: Buffer): Buffer | undefined {
  if (!isChunked) return bytes.subarray(start, leastLength);
  const parts: Buffer[] = [];
  let at = start;
  while (true) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd < 0) return undefined;
    const line = bytes.toString('latin1', at, lineEnd);
    if (!/^[\da-f]{1,8}$/i.test(line)) throw new UnreadResponse();
    const size = Number.parseInt(line, 16);
    at = lineEnd + 2 + size + 2;
    if (at > bytes.length) return undefined;
    if (bytes.toString('latin1', at - 2, at) !== '\r\n') throw new UnreadResponse();
    if (size === 0) return Buffer.concat(parts);
    parts.push(bytes.subarray(lineEnd + 2, at - 2));
  }
}

/** Whether the last chunk, which is empty, may be here; true where too little is there to tell. */
function endsChunks(bytes: Buffer): boolean {
  return bytes.length < 5 || bytes.toString('latin1', bytes.length - 5) === '0\r\n\r\n';
}

/** The error of the system for a connection that the other side has closed. */
export function hungUp(): Error {
  return Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
}
