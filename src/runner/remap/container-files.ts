import type { ContainerInspect } from '../../engine/client/api-types.ts';
import {
  commitContainer,
  hasChangedFiles,
  removeImagesByLabel,
} from '../../engine/containers/commit.ts';
import { inspectImage } from '../../engine/images/images.ts';
import type { Engine } from '../../engine/open-engine.ts';
import type { RollbackStep } from '../rollback.ts';
import { filesLabel, filesRepository, firstImageLabel } from './names.ts';

/** An image that a container can be made from with the files of another one. */
export interface ContainerFiles {
  readonly image: string;
  /** Whether it was made for this. */
  readonly copied: boolean;
  /** The image that the first of these containers was made from. */
  readonly firstImage: string;
}

interface FilesRequest {
  readonly engine: Engine;
  readonly container: ContainerInspect;
  readonly onCopy?: (() => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The files of a container: its own image where nothing has changed since, else an image that is made of them. */
export async function snapshotFilesystem(
  { engine, container, onCopy, signal }: FilesRequest,
  before: (step: RollbackStep) => void,
): Promise<ContainerFiles> {
  const { Id: id, Config: config = {} } = container;
  const firstImage = config.Labels?.[firstImageLabel] ?? config.Image ?? container.Image ?? '';
  const changed = await hasChangedFiles(engine, id);
  signal?.throwIfAborted();
  if (!changed) return { image: await sameImage(engine, container), copied: false, firstImage };
  onCopy?.();
  const remove = () => removeImagesByLabel(engine, filesLabel, id);
  // Of a run that was killed in the middle.
  await remove();
  const tag = id.slice(0, 12);
  before({
    leftover: `there is an image ${filesRepository}:${tag}`,
    hint: `${engine.command} rmi ${filesRepository}:${tag}`,
    undo: remove,
  });
  const labels = { ...config.Labels, [filesLabel]: id, [firstImageLabel]: firstImage };
  const copy = { container: id, repo: filesRepository, tag, config: { ...config, Labels: labels } };
  await commitContainer(engine, copy, signal);
  signal?.throwIfAborted();
  return { image: `${filesRepository}:${tag}`, copied: true, firstImage };
}

/** The image by its name, unless that means another one by now. */
async function sameImage(
  engine: Engine,
  { Config: config, Image: id = '' }: ContainerInspect,
): Promise<string> {
  const name = config?.Image ?? id;
  const named = await inspectImage(engine, name);
  return named?.id === id ? name : id;
}
