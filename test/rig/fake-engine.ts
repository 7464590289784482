import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { tempFolder } from './temp.ts';

/** Handles one request; `body` is its text. */
export type Handler = (
  request: IncomingMessage,
  response: ServerResponse,
  body: string,
) => void | Promise<void>;

/**
 * The responses of the engine, by path without the version (`/containers/json`), with or without a method before it
 * (`POST /containers/create`): a handler, or a value that is sent as JSON with status 200. What is missing is answered as
 * an engine does: 404 and `{"message":"page not found"}`.
 */
export type Routes = Readonly<Record<string, unknown>>;

/** A received request, in order. */
interface SeenRequest {
  readonly method: string;
  /** Without the version. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface FakeEngine extends AsyncDisposable {
  /** `unix://…` or `tcp://127.0.0.1:…`. */
  readonly dockerHost: string;
  /** Empty with TCP. */
  readonly socketPath: string;
  readonly requests: readonly SeenRequest[];
}

/**
 * An HTTP server in this process that plays an engine which a real one cannot be made to play. With a handler instead of
 * routes every request is answered by it: `fakeEngine(hang)`. `GET /_ping` is answered by default (API 1.43).
 */
export async function fakeEngine(
  routes: Routes | Handler,
  options: { readonly transport?: 'unix' | 'tcp' } = {},
): Promise<FakeEngine> {
  const folder = await tempFolder();
  const requests: SeenRequest[] = [];
  const server = createServer((request, response) => {
    answer(routes, requests, request, response).catch(() => response.destroy());
  });
  const socketPath = options.transport === 'tcp' ? '' : join(folder.path, 'engine.sock');
  if (socketPath === '') server.listen(0, '127.0.0.1');
  else server.listen(socketPath);
  await once(server, 'listening');
  const dockerHost =
    socketPath === ''
      ? `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`
      : `unix://${socketPath}`;
  return {
    dockerHost,
    socketPath,
    requests,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** Never answers. */
export const hang: Handler = () => {};

/** Answers with bytes that are not HTTP. */
export const garbage: Handler = (request) => {
  request.socket.end('\u0000\u0001SSH-2.0-OpenSSH_9.2\r\n\r\n');
};

/** Closes the connection in the middle of the body. */
export const cut: Handler = (request, response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
  response.write('[{"Id":"4f66ad9a', () => request.socket.destroy());
};

/** Answers with this JSON, `delayMs` later. */
export function slow(delayMs: number, json: unknown): Handler {
  return async (_request, response) => {
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    sendJson(response, 200, json);
  };
}

/** Responds with an error status and message, as the engine does. */
export function failing(status: number, message: string): Handler {
  return (_request, response) => sendJson(response, status, { message });
}

const ping: Handler = (_request, response) => {
  response.writeHead(200, { 'api-version': '1.43', 'content-type': 'text/plain' });
  response.end('OK');
};

async function answer(
  routes: Routes | Handler,
  requests: SeenRequest[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += chunk;
  const { method = 'GET' } = request;
  const url = new URL(request.url ?? '/', 'http://engine');
  const path = url.pathname.replace(/^\/v\d+\.\d+(?=\/)/, '');
  requests.push({ method, path, query: Object.fromEntries(url.searchParams), body });

  const route = typeof routes === 'function' ? routes : findRoute(routes, method, path);
  if (typeof route === 'function') await (route as Handler)(request, response, body);
  else if (route === undefined) sendJson(response, 404, { message: 'page not found' });
  else sendJson(response, 200, route);
}

function findRoute(routes: Routes, method: string, path: string): unknown {
  return routes[`${method} ${path}`] ?? routes[path] ?? (path === '/_ping' ? ping : undefined);
}

function sendJson(response: ServerResponse, status: number, json: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(json));
}
