import { PortplanError } from '../../errors.ts';
import { delayAbort } from '../client/delayed-abort.ts';
import { EngineApiError, isMissing } from '../client/error.ts';
import { withLivenessCheck } from '../client/liveness.ts';
import type { Engine } from '../open-engine.ts';

/** Whether the files of a container differ from those of its image. @throws PortplanError */
export async function hasChangedFiles(
  { client }: Pick<Engine, 'client'>,
  container: string,
): Promise<boolean> {
  const changes = await client.call('compare the files of the container', (docker, abortSignal) =>
    docker.getContainer(container).changes({ abortSignal }),
  );
  if (Array.isArray(changes)) return changes.length > 0;
  // docker-modem hands on what it cannot read, and takes null for that.
  if (`${changes}`.trim() === 'null') return false;
  throw new PortplanError('engine-failed', 'the engine did not say which files have changed');
}

/** What an image is made from, and how it is called. */
export interface CommitRequest {
  /** A container that does not run. */
  readonly container: string;
  readonly repo: string;
  readonly tag: string;
  /** The configuration of the image. */
  readonly config: object;
}

/**
 * Makes an image of the files of a container. An engine that was asked makes it, whether or not somebody waits for it: so
 * a signal gives it up only after a grace.
 * @throws PortplanError, EngineRefusal with the engine's words (a full disk)
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
      'copy the files of the container',
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

/** Removes the images that carry a label; those that a container needs stay. @throws PortplanError */
export async function removeImagesByLabel(
  { client }: Pick<Engine, 'client'>,
  name: string,
  value: string,
): Promise<void> {
  const query = { filters: JSON.stringify({ label: [`${name}=${value}`] }) };
  const images = await client.read('images', 'find an image', '/images/json', query);
  for (const { Id, RepoTags, Labels } of images) {
    // Looked at once more: a proxy may drop the filter.
    if (Labels?.[name] !== value) continue;
    try {
      await client.call('remove the image', (docker, abortSignal) =>
        docker.getImage(RepoTags?.[0] ?? Id).remove({ abortSignal }),
      );
    } catch (error) {
      const needed = error instanceof EngineApiError && error.status === 409;
      if (!needed && !isMissing(error)) throw error;
    }
  }
}
