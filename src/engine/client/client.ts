import type { IncomingHttpHeaders } from 'node:http';
import type { EngineAddress } from '../connect/address.ts';
import type { DockerCalls } from './api-types.ts';
import { createDeadline } from './deadline.ts';
import type { OpenDocker } from './dockerode.ts';
import { EngineApiError, timeoutError, toEngineError } from './error.ts';
import { parseResponse, type Response, type ResponseName } from './response-schemas.ts';
import { getOverSocket } from './socket-get.ts';
import type { Query } from './types.ts';

/** A connection to an engine's API on which every call is bounded. */
export interface EngineClient {
  readonly address: EngineAddress;
  /**
   * Makes one call. `task` completes "when asked to …" in messages.
   * @throws PortplanError `engine-absent`, `engine-denied`, `engine-timeout`, `engine-failed` (EngineRefusal when the
   *   engine said no).
   */
  call<T>(
    task: string,
    make: (docker: DockerCalls, signal: AbortSignal) => Promise<T>,
    options?: CallOptions,
  ): Promise<T>;
  /**
   * Asks for the JSON at a path, without its version: `/containers/json`. What of it has another type than it should is
   * left out.
   * @throws PortplanError as `call`
   */
  read<Name extends ResponseName>(
    name: Name,
    task: string,
    path: string,
    query?: Query,
  ): Promise<Response<Name>>;
  /** The headers of the answer to a ping. @throws PortplanError as `call` */
  ping(task: string): Promise<IncomingHttpHeaders>;
  /** Speaks this version of the API from now on. */
  useApiVersion(version: string): void;
  /** Ends what keeps connections open. */
  close(): void;
}

export interface CallOptions {
  /** Milliseconds; Infinity for calls that last as long as a container runs. */
  readonly timeoutMs?: number | undefined;
  /** Gives the call up from outside. */
  readonly signal?: AbortSignal | undefined;
}

export interface ClientOptions {
  /** Bounds each call that does not say otherwise; milliseconds. */
  readonly timeoutMs: number;
  /** Waits longer for an engine that still answers a ping: it is busy, and does not hang. */
  readonly extendWhileAlive?: boolean | undefined;
}

/** Opens a client; nothing is sent yet. */
export function createClient(
  address: EngineAddress,
  { timeoutMs, extendWhileAlive = false }: ClientOptions,
): EngineClient {
  let version: string | undefined;
  let opened: OpenDocker | undefined;
  // dockerode takes longer to load than everything else together, so only who needs it pays for it.
  const docker = async () => {
    const { openDockerode } = await import('./dockerode.ts');
    opened ??= openDockerode(address, timeoutMs);
    opened.useApiVersion(version);
    return opened;
  };
  const get = async (path: string, query: Query, signal: AbortSignal) =>
    (await getOverSocket(address, { path, query, version, signal })) ??
    (await docker()).get(path, query, signal);
  const isAlive = (signal: AbortSignal) => get('/_ping', {}, signal);

  async function bound<T>(
    task: string,
    make: (signal: AbortSignal) => Promise<T>,
    { timeoutMs: limit = timeoutMs, signal: outer }: CallOptions = {},
  ): Promise<T> {
    const context = { address, task, timeoutMs: limit };
    const bound = createDeadline({
      limitMs: limit,
      outer,
      toError: () => timeoutError(context),
      isAlive: extendWhileAlive ? isAlive : undefined,
    });
    try {
      return await Promise.race([make(bound.signal), bound.failure]);
    } catch (error) {
      // What still waits for an answer would keep the program alive.
      bound.abort();
      throw bound.reason() ?? toEngineError(error, context);
    } finally {
      bound.clear();
    }
  }

  return {
    address,
    call: (task, make, options) =>
      bound(task, async (signal) => make((await docker()).calls, signal), options),
    read: (name, task, path, query = {}) =>
      bound(task, async (signal) =>
        parseResponse(name, (await get(path, query, signal)).json),
      ).catch((error: unknown) => {
        throw withTask(error, task);
      }),
    ping: (task) => bound(task, async (signal) => (await get('/_ping', {}, signal)).headers),
    useApiVersion: (spoken) => {
      version = spoken;
    },
    close: () => opened?.close(),
  };
}

/** An inner fault of the engine says little by itself; a refusal is about what was asked for, and says so. */
function withTask(error: unknown, task: string): unknown {
  if (!(error instanceof EngineApiError) || error.status < 500) return error;
  const { message, status, cause } = error;
  return new EngineApiError(`the engine could not ${task}: ${message}`, status, { cause });
}
