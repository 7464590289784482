import { PortplanError } from '../../errors.ts';
import { delayAbort } from '../client/delayed-abort.ts';
import { EngineApiError, isMissing } from '../client/error.ts';
import { withLivenessCheck } from '../client/liveness.ts';
import type { Engine } from '../open-engine.ts';

/** Returns whether the files of a container differ from those of its image. @throws PortplanError */
export async function hasChangedFiles(
  { client }: Pick<Engine, 'client'>,
  container: string,
): Promise<boolean> {
  const changes = await client.call('comparing the files of the container', (docker, abortSignal) =>
    docker.getContainer(container).changes({ abortSignal }),
  );
  if (Array.isArray(changes)) return changes.length > 0;
  // docker-modem returns `null` as a buffer, because it treats it as invalid JSON.
  if (`${changes}`.trim() === 'null') return false;
  throw new PortplanError(
    'engine-failed',
    'invalid response from the engine: no list of changed files',
  );
}

/** The container to commit, and the name of the image. */
export interface CommitRequest {
  /** ID of a stopped container. */
  readonly container: string;
  readonly repo: string;
  readonly tag: string;
  /** The configuration of the image. */
  readonly config: object;
}

/**
 * Creates an image from the files of a container. The engine continues after the client disconnects, so `signal` aborts
 * the call with a delay.
 * @throws PortplanError; EngineApiError with the engine's message (such as a full disk)
 */
export async function commitContainer(
  engine: Engine,
  { container, repo, tag, config }: CommitRequest,
  signal?: AbortSignal,
): Promise<void> {
  const query = { container, repo, tag, pause: false };
  const late = delayAbort(signal);
  try {
    await engine.client.call(
      'committing the container',
      (docker, abortSignal) =>
        withLivenessCheck(engine, abortSignal, () =>
          docker.getContainer(container).commit({ _query: query, _body: config, abortSignal }),
        ),
      { timeoutMs: Number.POSITIVE_INFINITY, signal: late.signal },
    );
  } finally {
    late.clear();
  }
}

/** Removes the images with a label, except those that a container uses. @throws PortplanError */
export async function removeImagesByLabel(
  { client }: Pick<Engine, 'client'>,
  name: string,
  value: string,
): Promise<void> {
  const query = { filters: JSON.stringify({ label: [`${name}=${value}`] }) };
  const images = await client.read('images', 'searching for an image', '/images/json', query);
  for (const { Id, RepoTags, Labels } of images) {
    // Checked again, because a proxy may drop the filter.
    if (Labels?.[name] !== value) continue;
    try {
      await client.call('removing the image', (docker, abortSignal) =>
        docker.getImage(RepoTags?.[0] ?? Id).remove({ abortSignal }),
      );
    } catch (error) {
      const isUsed = error instanceof EngineApiError && error.status === 409;
      if (!isUsed && !isMissing(error)) throw error;
    }
  }
}
