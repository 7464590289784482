import type { ContainerInspect } from '../../engine/client/api-types.ts';
import {
  commitContainer,
  hasChangedFiles,
  removeImagesByLabel,
} from '../../engine/containers/commit.ts';
import { inspectImage } from '../../engine/images/images.ts';
import type { Engine } from '../../engine/open-engine.ts';
import type { OnRollback } from '../rollback.ts';
import { filesLabel, filesRepository, firstImageLabel } from './names.ts';

/** Image to recreate a container from, with the container's files. */
export interface ContainerFiles {
  readonly image: string;
  /** Whether portplan committed the image for this remap. */
  readonly copied: boolean;
  /** Image that the container was first created from, before any remap. */
  readonly firstImage: string;
}

interface FilesRequest {
  readonly engine: Engine;
  readonly container: ContainerInspect;
  readonly onCopy?: (() => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Returns an image with the files of a container: its own image when no file differs from it, else a new commit.
 * @throws PortplanError
 */
export async function snapshotFilesystem(
  { engine, container, onCopy, signal }: FilesRequest,
  onRollback: OnRollback,
): Promise<ContainerFiles> {
  const { Id: id, Config: config = {} } = container;
  const firstImage = config.Labels?.[firstImageLabel] ?? config.Image ?? container.Image ?? '';
  const changed = await hasChangedFiles(engine, id);
  signal?.throwIfAborted();
  if (!changed)
    return { image: await imageReferenceOf(engine, container), copied: false, firstImage };
  onCopy?.();
  const remove = () => removeImagesByLabel(engine, filesLabel, id);
  // A remap that was killed may have left one.
  await remove();
  const tag = id.slice(0, 12);
  onRollback({
    leftover: `the image ${filesRepository}:${tag} remains`,
    hint: `${engine.command} rmi ${filesRepository}:${tag}`,
    undo: remove,
  });
  const labels = { ...config.Labels, [filesLabel]: id, [firstImageLabel]: firstImage };
  const copy = { container: id, repo: filesRepository, tag, config: { ...config, Labels: labels } };
  await commitContainer(engine, copy, signal);
  signal?.throwIfAborted();
  return { image: `${filesRepository}:${tag}`, copied: true, firstImage };
}

/** Returns the image by name, or by id when the name refers to another image now. */
async function imageReferenceOf(
  engine: Engine,
  { Config: config, Image: id = '' }: ContainerInspect,
): Promise<string> {
  const name = config?.Image ?? id;
  const named = await inspectImage(engine, name);
  return named?.id === id ? name : id;
}
