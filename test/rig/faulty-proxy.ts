import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  request,
  type ServerResponse,
} from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { Engine } from './engines.ts';
import { tempFolder } from './temp.ts';

/** One request to the engine. */
export interface EngineCall {
  /** Method and path, without the version, names and ids: `POST /containers/ID/start`. */
  readonly step: string;
  /** Which one of this step it is, from 1. */
  readonly nth: number;
  /** As it was sent. */
  readonly path: string;
}

/**
 * The outcome of a call: it is passed on; its connection breaks; it breaks in the middle of the response; it gets no response;
 * it gets another response.
 */
export type Fate =
  | 'pass'
  | 'cut'
  | 'cut-answer'
  | 'silence'
  | { readonly status: number; readonly body: string };

export interface Interference {
  /** Decides the outcome before the engine gets the call. */
  readonly before: (call: EngineCall) => Promise<Fate>;
  /** Decides the outcome after the engine's response, before it is passed on. */
  readonly after: (call: EngineCall) => Promise<Fate>;
}

export interface FaultyProxy extends AsyncDisposable {
  readonly dockerHost: string;
  /** The calls so far, in order. */
  readonly calls: readonly EngineCall[];
  /** Breaks the attached streams; calls go on. */
  cutStreams(): void;
}

/** A socket in front of the engine that makes calls fail; attached streams pass through it too. */
export async function faultyProxyTo(
  engine: Engine,
  { before, after }: Interference,
): Promise<FaultyProxy> {
  const folder = await tempFolder();
  const path = `${folder.path}/engine.sock`;
  const calls: EngineCall[] = [];
  const note = ({ method = '', url = '' }: IncomingMessage): EngineCall => {
    const step = toStep(method, url);
    const nth = calls.filter((other) => other.step === step).length + 1;
    const call = { step, nth, path: url };
    calls.push(call);
    return call;
  };
  const server = createServer((asked, answer) => {
    const call = note(asked);
    const passOn = async () => {
      const body = await buffer(asked);
      if (meet(await before(call), answer)) return;
      const got = await askEngine(engine, { asked, body, answer });
      const fate = await after(call);
      if (fate === 'cut-answer') await breakOff(got, answer);
      else if (meet(fate, answer)) got.destroy();
      else relay(got, answer);
    };
    passOn().catch(() => answer.destroy());
  });
  const streams = new Set<Duplex>();
  const cutStreams = () => {
    for (const stream of streams) stream.destroy();
  };
  server.on('upgrade', (asked: IncomingMessage, client: Duplex, head: Buffer) => {
    const call = note(asked);
    streams.add(client);
    client.on('error', () => {});
    join(engine, { asked, client, head, call, before, after, streams }).catch(() =>
      client.destroy(),
    );
  });
  server.listen(path);
  await once(server, 'listening');
  return {
    dockerHost: `unix://${path}`,
    calls,
    cutStreams,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      cutStreams();
      await folder[Symbol.asyncDispose]();
    },
  };
}

const plural = 'containers|images|networks|volumes|exec|plugins|distribution';

function toStep(method: string, url: string): string {
  const { pathname } = new URL(url, 'http://engine');
  const path = pathname
    .replace(/^\/v\d+\.\d+/, '')
    .replace(
      new RegExp(`^/(${plural})/(?!json$|create$|prune$)(.+?)(?=/[a-z]+$|$)`),
      (_all, kind) => `/${kind}/ID`,
    );
  return `${method} ${path}`;
}

interface Asking {
  readonly asked: IncomingMessage;
  readonly body: Buffer;
  readonly answer: ServerResponse;
}

function askEngine(engine: Engine, { asked, body, answer }: Asking): Promise<IncomingMessage> {
  const { method, url, headers } = asked;
  return new Promise((resolve, reject) => {
    const { 'transfer-encoding': _chunks, ...rest } = headers;
    const call = request(
      {
        ...{ socketPath: engine.socketPath, method, path: url, agent: false },
        headers: { ...rest, connection: 'close', 'content-length': body.length },
      },
      resolve,
    );
    // The client has gone: the engine must not finish the call for it.
    answer.once('close', () => call.destroy());
    call.once('error', reject);
    call.end(body);
  });
}

/** Whether the call has ended. */
function meet(fate: Fate, answer: ServerResponse): boolean {
  if (fate === 'pass') return false;
  if (fate === 'silence') return true;
  if (typeof fate === 'string') answer.destroy();
  else answer.writeHead(fate.status, { 'content-type': 'application/json' }).end(fate.body);
  return true;
}

function relay(got: IncomingMessage, answer: ServerResponse): void {
  answer.writeHead(got.statusCode ?? 500, headersOf(got));
  answer.flushHeaders();
  got.on('error', () => answer.destroy());
  got.on('aborted', () => answer.destroy());
  got.pipe(answer);
}

/** Half of the first chunk of the body, or of the head if there is no body. */
async function breakOff(got: IncomingMessage, answer: ServerResponse): Promise<void> {
  const { value: first } = (await got[Symbol.asyncIterator]().next()) as { value?: Buffer };
  if (first === undefined) answer.socket?.write(`HTTP/1.1 ${got.statusCode} `);
  else {
    answer.writeHead(got.statusCode ?? 500, headersOf(got));
    answer.write(first.subarray(0, Math.ceil(first.length / 2)));
  }
  await new Promise((resolve) => setTimeout(resolve, 20));
  got.destroy();
  answer.destroy();
}

function headersOf({ headers }: IncomingMessage): OutgoingHttpHeaders {
  const { connection: _own, ...rest } = headers;
  return rest;
}

interface Joining extends Interference {
  readonly asked: IncomingMessage;
  readonly client: Duplex;
  readonly head: Buffer;
  readonly call: EngineCall;
  readonly streams: Set<Duplex>;
}

/** A connection that becomes a stream. */
async function join(engine: Engine, joining: Joining): Promise<void> {
  const { asked, client, head, call, before, after, streams } = joining;
  if (breaks(await before(call), client)) return;
  const socket: Socket = connect(engine.socketPath);
  streams.add(socket);
  socket.on('error', () => client.destroy());
  client.on('close', () => socket.destroy());
  const { method, url, rawHeaders } = asked;
  const lines = rawHeaders.flatMap((name, at) =>
    at % 2 === 0 ? [`${name}: ${rawHeaders[at + 1]}`] : [],
  );
  socket.write([`${method} ${url} HTTP/1.1`, ...lines, '', ''].join('\r\n'));
  socket.write(head);
  const [first] = (await once(socket, 'data')) as [Buffer];
  socket.pause();
  const fate = await after(call);
  if (fate === 'cut-answer') client.write(first.subarray(0, Math.ceil(first.length / 2)));
  if (breaks(fate, client)) return;
  client.write(first);
  client.pipe(socket);
  socket.pipe(client);
}

function breaks(fate: Fate, client: Duplex): boolean {
  if (fate === 'pass') return false;
  if (fate === 'silence') return true;
  if (typeof fate === 'string') client.destroy();
  else {
    const { status, body } = fate;
    client.end(
      `HTTP/1.1 ${status} Fault\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
    );
  }
  return true;
}
