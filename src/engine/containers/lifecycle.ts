import type { Duplex } from 'node:stream';
import { asPortplanError, PortplanError } from '../../errors.ts';
import { delayAbort } from '../client/delayed-abort.ts';
import { EngineApiError, isMissing } from '../client/error.ts';
import { withLivenessCheck } from '../client/liveness.ts';
import type { Engine } from '../open-engine.ts';

/** What `POST /containers/create` is asked for. */
export interface CreateRequest {
  readonly name?: string | undefined;
  readonly platform?: string | undefined;
  readonly body: object;
}

const noLimit = { timeoutMs: Number.POSITIVE_INFINITY } as const;

/**
 * Creates a container; gives its id. With a signal it is given up only after a grace, because the engine would go on.
 * @throws PortplanError, EngineRefusal with the engine's words
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
      'create the container',
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
  throw new PortplanError('engine-failed', 'the engine did not say which container it has created');
}

/** Starts a container. @throws PortplanError, EngineRefusal with the engine's words */
export async function startContainer(
  engine: Engine,
  id: string,
  signal?: AbortSignal,
): Promise<void> {
  await engine.client.call(
    'start the container',
    (docker, abortSignal) =>
      withLivenessCheck(engine, abortSignal, () => docker.getContainer(id).start({ abortSignal })),
    { ...noLimit, signal },
  );
}

/** Finds the containers that carry a label, running or not. @throws PortplanError */
export async function findByLabel(
  { client }: Pick<Engine, 'client'>,
  label: string,
): Promise<readonly string[]> {
  const query = { all: '1', filters: JSON.stringify({ label: [label] }) };
  const found = await client.read('containers', 'find a container', '/containers/json', query);
  return found.map(({ Id }) => Id);
}

/** What is removed with a container. */
export interface RemoveOptions {
  /** Whether one that runs is ended; else it is refused. */
  readonly force: boolean;
  /** Whether its anonymous volumes go too. */
  readonly v: boolean;
}

/** Removes a container, running or not, and its anonymous volumes; one that is gone is fine. @throws PortplanError */
export async function removeContainer(
  { client }: Pick<Engine, 'client'>,
  id: string,
  options: RemoveOptions = { force: true, v: true },
): Promise<void> {
  try {
    await client.call(
      'remove the container',
      (docker, abortSignal) => docker.getContainer(id).remove({ ...options, abortSignal }),
      {
        timeoutMs: 15_000,
      },
    );
  } catch (error) {
    // 409 in spite of force: the engine itself is removing it (--rm).
    const going = error instanceof EngineApiError && error.status === 409 && options.force;
    if (isMissing(error) || going) return;
    throw error;
  }
}

/** Which streams a client takes part in. */
export interface AttachRequest {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly detachKeys?: string | undefined;
}

/** Connects to the streams of a container, running or about to. @throws PortplanError */
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
    // Podman passes whatever comes with the request to stdin: the query that dockerode would send again, and the end of
    // a chunked body. An empty one has neither.
    file: Buffer.alloc(0),
    statusCodes: { 200: true },
  } as const;
  return client.call(
    'attach to the container',
    (docker, abortSignal) =>
      new Promise((resolve, reject) => {
        docker.modem.dial({ ...request, abortSignal }, (error, stream) =>
          error ? reject(error) : resolve(stream),
        );
      }),
  );
}

/** Waits until a container has ended (with `removed`: and is gone); gives its exit code. @throws PortplanError */
export async function waitForExit(
  { client }: Pick<Engine, 'client'>,
  id: string,
  {
    condition,
    signal,
  }: { readonly condition: 'next-exit' | 'removed'; readonly signal?: AbortSignal | undefined },
): Promise<number> {
  const answer = await client.call(
    'wait for the container',
    (docker, abortSignal) => docker.getContainer(id).wait({ condition, abortSignal }),
    {
      ...noLimit,
      signal,
    },
  );
  if (typeof answer?.StatusCode === 'number') return answer.StatusCode;
  throw new PortplanError('engine-failed', 'the engine did not say how the container ended');
}

/** Sends a signal to a container; tells whether it was running and got it. @throws PortplanError */
export async function signalContainer(
  { client }: Pick<Engine, 'client'>,
  id: string,
  signal: NodeJS.Signals,
): Promise<boolean> {
  try {
    await client.call('signal the container', (docker, abortSignal) =>
      docker.getContainer(id).kill({ signal, abortSignal }),
    );
    return true;
  } catch (error) {
    if (!(error instanceof EngineApiError)) throw error;
    return false;
  }
}

/** Tells the container's terminal its size in characters; a container that is not there yet does not mind. */
export async function resizeTerminal(
  { client }: Pick<Engine, 'client'>,
  id: string,
  size: { readonly columns: number; readonly rows: number },
): Promise<void> {
  await client
    .call('resize the terminal', (docker, abortSignal) =>
      docker.getContainer(id).resize({ w: size.columns, h: size.rows, abortSignal }),
    )
    .catch(asPortplanError);
}

/** Gives a container another name. @throws PortplanError, EngineRefusal when the name is taken */
export async function renameContainer(
  { client }: Pick<Engine, 'client'>,
  id: string,
  name: string,
): Promise<void> {
  await client.call(`rename the container to ${name}`, (docker, abortSignal) =>
    docker.getContainer(id).rename({ name, abortSignal }),
  );
}
