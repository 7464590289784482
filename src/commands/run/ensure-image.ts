import { findCredentials } from '../../engine/images/credentials.ts';
import { inspectImage, type LocalImage } from '../../engine/images/images.ts';
import { type PullProgress, pullImage } from '../../engine/images/pull.ts';
import { parseImageReference } from '../../engine/images/reference.ts';
import type { Engine } from '../../engine/open-engine.ts';
import { messageOf, PortplanError } from '../../errors.ts';
import type { RunRequest } from '../../runner/docker-flags/run-arguments.ts';

/** Callbacks while an image is pulled; `signal` ends the pull. */
export interface PullListener {
  readonly onPull?: ((image: string) => void) | undefined;
  readonly onPullProgress?: ((image: string, progress: PullProgress) => void) | undefined;
  readonly onPulled?: ((image: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Returns the image, after pulling it when it is missing or with `--pull always`. The notes say when credentials failed.
 * @throws PortplanError `image-unavailable`, and the errors of the pull
 */
export async function ensureImage(
  engine: Engine,
  request: RunRequest,
  listener: PullListener,
): Promise<{ image: LocalImage; notes: readonly string[] }> {
  const reference = parseImageReference(request.image);
  const local = await inspectImage(engine, request.image);
  if (local !== undefined && request.pull !== 'always') return { image: local, notes: [] };
  if (reference.kind === 'id' || request.pull === 'never' || request.output.format === 'flags') {
    throw new PortplanError(
      'image-unavailable',
      `the engine does not have image ${request.image}`,
      {
        hint:
          reference.kind === 'id'
            ? 'an image cannot be pulled by id: use its name'
            : `${engine.command} pull ${reference.familiar}`,
      },
    );
  }
  const notes: string[] = [];
  const credentials = await findCredentials(reference.authKey).catch((error: unknown) => {
    if (!(error instanceof PortplanError)) throw error;
    notes.push(`pulled without credentials: ${messageOf(error)}`);
    return undefined;
  });
  listener.onPull?.(reference.familiar);
  const platform = request.flags.text('platform');
  const onProgress = (progress: PullProgress) =>
    listener.onPullProgress?.(reference.familiar, progress);
  await pullImage(engine, reference, {
    credentials,
    platform,
    onProgress,
    signal: listener.signal,
  });
  listener.onPulled?.(reference.familiar);
  const image = await inspectImage(engine, request.image);
  if (image !== undefined) return { image, notes };
  throw new PortplanError(
    'image-unavailable',
    `the engine pulled ${reference.familiar} but does not list it`,
  );
}
