import type { IncomingHttpHeaders } from 'node:http';
import type { EngineAddress } from '../connect/address.ts';
import type { DockerCalls } from './api-types.ts';
import { createDeadline } from './deadline.ts';
import type { DockerodeConnection } from './dockerode.ts';
import { EngineApiError, timeoutError, toEngineError } from './error.ts';
import { parseResponse, type Response, type ResponseName } from './response-schemas.ts';
import { getOverSocket } from './socket-get.ts';
import type { Query } from './types.ts';

/** A connection to an engine's API. Every call has a deadline. */
export interface EngineClient {
  readonly address: EngineAddress;
  /**
   * Makes one call. `task` completes "while …" in messages.
   * @throws PortplanError `engine-absent`, `engine-denied`, `engine-timeout`, `engine-failed` (EngineApiError for a
   *   response with an error status).
   */
  call<T>(
    task: string,
    make: (docker: DockerCalls, signal: AbortSignal) => Promise<T>,
    options?: CallOptions,
  ): Promise<T>;
  /**
   * Returns the JSON at an unversioned path, such as `/containers/json`. Fields of an unexpected type are dropped.
   * @throws PortplanError as `call`
   */
  read<Name extends ResponseName>(
    name: Name,
    task: string,
    path: string,
    query?: Query,
  ): Promise<Response<Name>>;
  /** Returns the response headers of `GET /_ping`. @throws PortplanError as `call` */
  ping(): Promise<IncomingHttpHeaders>;
  /** Uses this API version (`1.44`) for all later calls. */
  useApiVersion(version: string): void;
  /** Closes all open connections. */
  close(): void;
}

/** The options of one call. */
export interface CallOptions {
  /** In ms; `Infinity` for calls that last as long as a container runs. */
  readonly timeoutMs?: number | undefined;
  /** Aborts the call. */
  readonly signal?: AbortSignal | undefined;
}

/** The options of `createClient`. */
export interface ClientOptions {
  /** The default deadline of a call in ms. */
  readonly timeoutMs: number;
  /** Extends the deadline while the engine responds to a ping: it is busy, but does not hang. */
  readonly extendWhileAlive?: boolean | undefined;
}

/** Returns a client for an address. Sends nothing yet. */
export function createClient(
  address: EngineAddress,
  { timeoutMs, extendWhileAlive = false }: ClientOptions,
): EngineClient {
  let version: string | undefined;
  let connection: DockerodeConnection | undefined;
  // Loading dockerode takes longer than everything else together, so it is loaded on first use.
  const docker = async () => {
    const { openDockerode } = await import('./dockerode.ts');
    connection ??= openDockerode(address, timeoutMs);
    connection.useApiVersion(version);
    return connection;
  };
  const get = async (path: string, query: Query, signal: AbortSignal) =>
    (await getOverSocket(address, { path, query, version, signal })) ??
    (await docker()).get(path, query, signal);
  const isAlive = (signal: AbortSignal) => get('/_ping', {}, signal);

  async function withDeadline<T>(
    task: string,
    make: (signal: AbortSignal) => Promise<T>,
    { timeoutMs: limitMs = timeoutMs, signal: outer }: CallOptions = {},
  ): Promise<T> {
    const context = { address, task, timeoutMs: limitMs };
    const deadline = createDeadline({
      limitMs,
      outer,
      toError: () => timeoutError(context),
      isAlive: extendWhileAlive ? isAlive : undefined,
    });
    try {
      return await Promise.race([make(deadline.signal), deadline.failure]);
    } catch (error) {
      // A pending request would keep the process alive.
      deadline.abort();
      throw deadline.reason() ?? toEngineError(error, context);
    } finally {
      deadline.clear();
    }
  }

  return {
    address,
    call: (task, make, options) =>
      withDeadline(task, async (signal) => make((await docker()).calls, signal), options),
    read: (name, task, path, query = {}) =>
      withDeadline(task, async (signal) =>
        parseResponse(name, (await get(path, query, signal)).json),
      ).catch((error: unknown) => {
        throw withTask(error, task);
      }),
    ping: () =>
      withDeadline(
        'waiting for a ping',
        async (signal) => (await get('/_ping', {}, signal)).headers,
      ),
    useApiVersion: (apiVersion) => {
      version = apiVersion;
    },
    close: () => connection?.close(),
  };
}

/** Adds the task to a server error (status 500 and above). A client error already says what it is about. */
function withTask(error: unknown, task: string): unknown {
  if (!(error instanceof EngineApiError) || error.status < 500) return error;
  const { message, status, cause } = error;
  return new EngineApiError(`the engine failed while ${task}: ${message}`, status, { cause });
}
