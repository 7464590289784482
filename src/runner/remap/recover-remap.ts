import type { ContainerInspect } from '../../engine/client/api-types.ts';
import { EngineApiError } from '../../engine/client/error.ts';
import { removeImagesByLabel } from '../../engine/containers/commit.ts';
import { readContainer, toInspected } from '../../engine/containers/inspect.ts';
import {
  findByLabel,
  removeContainer,
  renameContainer,
} from '../../engine/containers/lifecycle.ts';
import type { Engine } from '../../engine/open-engine.ts';
import { asPortplanError } from '../../errors.ts';
import {
  filesLabel,
  isTemporaryName,
  originalName,
  remapLabel,
  stripLeadingSlash,
} from './names.ts';

/** A container, after recovery from a remap that was killed. */
export interface RecoveredContainer {
  readonly container: ContainerInspect;
  /** What was recovered. */
  readonly notes: readonly string[];
}

/**
 * Finds a container by name or id. When a remap of it was killed, finishes the remap if the new container has run, and rolls
 * it back otherwise.
 * @param listNames lists the names of all containers of the engine
 * @returns `undefined` when there is no such container
 * @throws PortplanError
 */
export async function recoverRemap(
  engine: Engine,
  text: string,
  listNames: () => Promise<readonly string[]>,
): Promise<RecoveredContainer | undefined> {
  const reference = stripLeadingSlash(text);
  if (reference === '') return undefined;
  const container = await readContainer(engine, reference);
  if (container === undefined) return restoreName(engine, reference, await listNames());
  const original = originalName(stripLeadingSlash(container.Name));
  if (original !== undefined && (await isReplaced(engine, container, original)))
    return recoverRemap(engine, original, listNames);
  const replaced = await findReplaced(engine, container);
  if (replaced === undefined) return removeLeftovers(engine, container);
  const name = stripLeadingSlash(container.Name);
  if (toInspected(container).startedBefore) {
    const backup = stripLeadingSlash(replaced.Name);
    const result = (await removeIfStopped(engine, replaced.Id))
      ? `removed ${backup}`
      : `kept ${backup}, which is running`;
    return { container, notes: [`finished an interrupted remap of ${name}: ${result}`] };
  }
  await removeContainer(engine, container.Id, { force: false, v: false });
  await renameContainer(engine, replaced.Id, name);
  await removeFiles(engine, replaced.Id);
  return readRecovered(engine, replaced.Id, `rolled back an interrupted remap of ${name}`);
}

/** Whether the original name of a renamed container belongs to its replacement, or is unused. */
async function isReplaced(
  engine: Engine,
  { Id }: ContainerInspect,
  original: string,
): Promise<boolean> {
  const successor = await readContainer(engine, original);
  return successor === undefined || successor.Config?.Labels?.[remapLabel] === Id;
}

/** Renames the one container whose backup name has this original name; `undefined` when there is none, or several. */
async function restoreName(
  engine: Engine,
  name: string,
  names: readonly string[],
): Promise<RecoveredContainer | undefined> {
  const [backup, ...others] = names.filter((other) => originalName(other) === name);
  if (backup === undefined || others.length > 0) return undefined;
  await renameContainer(engine, backup, name);
  const recovered = await readRecovered(
    engine,
    name,
    `renamed ${backup} back to ${name} after an interrupted remap`,
  );
  if (recovered === undefined) return undefined;
  const { notes } = await removeLeftovers(engine, recovered.container);
  return { ...recovered, notes: [...recovered.notes, ...notes] };
}

/** Returns the container that this one replaces; `undefined` when it is gone or has another name. */
async function findReplaced(
  engine: Engine,
  { Name, Config }: ContainerInspect,
): Promise<ContainerInspect | undefined> {
  const id = Config?.Labels?.[remapLabel];
  const replaced = id === undefined ? undefined : await readContainer(engine, id);
  const original = replaced && originalName(stripLeadingSlash(replaced.Name));
  return original === stripLeadingSlash(Name) ? replaced : undefined;
}

/** Removes unfinished replacements of this container, and copies of its files. */
async function removeLeftovers(
  engine: Engine,
  container: ContainerInspect,
): Promise<RecoveredContainer> {
  const notes: string[] = [];
  for (const id of await findByLabel(engine, `${remapLabel}=${container.Id}`)) {
    const leftover = await readContainer(engine, id);
    // Checked again because a proxy may drop the filter.
    const isUnfinished =
      leftover?.Config?.Labels?.[remapLabel] === container.Id &&
      isTemporaryName(stripLeadingSlash(leftover.Name));
    if (isUnfinished && (await removeIfStopped(engine, id)))
      notes.push(`removed ${id.slice(0, 12)}, a leftover of an interrupted remap`);
  }
  await removeFiles(engine, container.Id);
  return { container, notes };
}

/** Removes copies of the container's files. Errors are ignored: a start does not depend on it. */
async function removeFiles(engine: Engine, id: string): Promise<void> {
  await removeImagesByLabel(engine, filesLabel, id).catch(asPortplanError);
}

/** Returns the container with a note; `undefined` when it is gone. */
async function readRecovered(
  engine: Engine,
  id: string,
  note: string,
): Promise<RecoveredContainer | undefined> {
  const container = await readContainer(engine, id);
  return container && { container, notes: [note] };
}

/** Removes a container unless it runs; returns whether it was removed. */
async function removeIfStopped(engine: Engine, id: string): Promise<boolean> {
  try {
    await removeContainer(engine, id, { force: false, v: false });
    return true;
  } catch (error) {
    if (error instanceof EngineApiError) return false;
    throw error;
  }
}
