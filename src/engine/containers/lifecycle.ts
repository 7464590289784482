import type { Duplex } from 'node:stream';
import { asPortplanError, PortplanError } from '../../errors.ts';
import { delayAbort } from '../client/delayed-abort.ts';
import { EngineApiError, isMissing } from '../client/error.ts';
import { withLivenessCheck } from '../client/liveness.ts';
import type { Engine } from '../open-engine.ts';

/** Parameters of `POST /containers/create`. */
export interface CreateRequest {
  readonly name?: string | undefined;
  readonly platform?: string | undefined;
  readonly body: object;
}

const noLimit = { timeoutMs: Number.POSITIVE_INFINITY } as const;

/**
 * Creates a container and returns its ID. The engine continues after the client disconnects, so `signal` aborts the call
 * with a delay.
 * @throws PortplanError; EngineApiError with the engine's message
 */
export async function createContainer(
  engine: Engine,
  { name, platform, body }: CreateRequest,
  signal?: AbortSignal,
): Promise<string> {
  const query = {
    ...(name !== undefined && { name }),
    ...(platform !== undefined && { platform }),
  };
  const late = delayAbort(signal);
  try {
    const { id } = await engine.client.call(
      'creating the container',
      (docker, abortSignal) =>
        withLivenessCheck(engine, abortSignal, () =>
          docker.createContainer({ _query: query, _body: body, abortSignal }),
        ),
      { ...noLimit, signal: late.signal },
    );
    if (typeof id === 'string' && id !== '') return id;
  } finally {
    late.clear();
  }
  throw new PortplanError(
    'engine-failed',
    'invalid response from the engine: no ID of the created container',
  );
}

/** Starts a container. @throws PortplanError; EngineApiError with the engine's message */
export async function startContainer(
  engine: Engine,
  id: string,
  signal?: AbortSignal,
): Promise<void> {
  await engine.client.call(
    'starting the container',
    (docker, abortSignal) =>
      withLivenessCheck(engine, abortSignal, () => docker.getContainer(id).start({ abortSignal })),
    { ...noLimit, signal },
  );
}

/** Returns the IDs of the containers with a label, running or stopped. @throws PortplanError */
export async function findByLabel(
  { client }: Pick<Engine, 'client'>,
  label: string,
): Promise<readonly string[]> {
  const query = { all: '1', filters: JSON.stringify({ label: [label] }) };
  const found = await client.read(
    'containers',
    'searching for a container',
    '/containers/json',
    query,
  );
  return found.map(({ Id }) => Id);
}

/** Options of `DELETE /containers/ID`. */
export interface RemoveOptions {
  /** Whether to kill a running container; otherwise the engine rejects the request. */
  readonly force: boolean;
  /** Whether to remove its anonymous volumes too. */
  readonly v: boolean;
}

/** Removes a container; a container that does not exist is no error. @throws PortplanError */
export async function removeContainer(
  { client }: Pick<Engine, 'client'>,
  id: string,
  options: RemoveOptions = { force: true, v: true },
): Promise<void> {
  try {
    await client.call(
      'removing the container',
      (docker, abortSignal) => docker.getContainer(id).remove({ ...options, abortSignal }),
      {
        timeoutMs: 15_000,
      },
    );
  } catch (error) {
    // 409 despite force: the engine is already removing it (--rm).
    const isBeingRemoved = error instanceof EngineApiError && error.status === 409 && options.force;
    if (isMissing(error) || isBeingRemoved) return;
    throw error;
  }
}

/** The streams to attach. */
export interface AttachRequest {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly detachKeys?: string | undefined;
}

/** Connects to the streams of a container, before or after its start. @throws PortplanError */
export async function attachContainer(
  { client }: Pick<Engine, 'client'>,
  id: string,
  { detachKeys, stdin, stdout, stderr }: AttachRequest,
): Promise<Duplex> {
  const streams = { stream: true, stdin, stdout, stderr } as const;
  const query = { ...streams, ...(detachKeys !== undefined && { detachKeys }) };
  const request = {
    path: `/containers/${id}/attach?`,
    options: { _query: query },
    method: 'POST',
    hijack: true,
    isStream: true,
    // Podman passes the request body to stdin: the query that dockerode sends as a body, and the end of a chunked body.
    // An empty buffer has neither.
    file: Buffer.alloc(0),
    statusCodes: { 200: true },
  } as const;
  return client.call(
    'attaching to the container',
    (docker, abortSignal) =>
      new Promise((resolve, reject) => {
        docker.modem.dial({ ...request, abortSignal }, (error, stream) =>
          error ? reject(error) : resolve(stream),
        );
      }),
  );
}

/** Waits until a container exits (with `removed`: until it is removed), and returns its exit code. @throws PortplanError */
export async function waitForExit(
  { client }: Pick<Engine, 'client'>,
  id: string,
  {
    condition,
    signal,
  }: { readonly condition: 'next-exit' | 'removed'; readonly signal?: AbortSignal | undefined },
): Promise<number> {
  const response = await client.call(
    'waiting for the container',
    (docker, abortSignal) => docker.getContainer(id).wait({ condition, abortSignal }),
    {
      ...noLimit,
      signal,
    },
  );
  if (typeof response?.StatusCode === 'number') return response.StatusCode;
  throw new PortplanError(
    'engine-failed',
    'invalid response from the engine: no exit code of the container',
  );
}

/** Sends a signal to a container, and returns whether the engine delivered it. @throws PortplanError */
export async function signalContainer(
  { client }: Pick<Engine, 'client'>,
  id: string,
  signal: NodeJS.Signals,
): Promise<boolean> {
  try {
    await client.call('signaling the container', (docker, abortSignal) =>
      docker.getContainer(id).kill({ signal, abortSignal }),
    );
    return true;
  } catch (error) {
    if (!(error instanceof EngineApiError)) throw error;
    return false;
  }
}

/** Sets the size of the container's terminal in characters. Ignores errors: the container may not run yet. */
export async function resizeTerminal(
  { client }: Pick<Engine, 'client'>,
  id: string,
  size: { readonly columns: number; readonly rows: number },
): Promise<void> {
  await client
    .call('resizing the terminal', (docker, abortSignal) =>
      docker.getContainer(id).resize({ w: size.columns, h: size.rows, abortSignal }),
    )
    .catch(asPortplanError);
}

/** Renames a container. @throws PortplanError; EngineApiError when the name is in use */
export async function renameContainer(
  { client }: Pick<Engine, 'client'>,
  id: string,
  name: string,
): Promise<void> {
  await client.call(`renaming the container to ${name}`, (docker, abortSignal) =>
    docker.getContainer(id).rename({ name, abortSignal }),
  );
}
