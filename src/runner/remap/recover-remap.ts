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
import { PortplanError } from '../../errors.ts';
import {
  filesLabel,
  isTemporaryName,
  originalName,
  remapLabel,
  stripLeadingSlash,
} from './names.ts';

/** A container, after what a remap that was killed has left of it was put in order. */
export interface RecoveredContainer {
  readonly container: ContainerInspect;
  /** What was put in order. */
  readonly notes: readonly string[];
}

/**
 * Finds a container by name or id. Where a remap was killed half-way, it is finished when the new container has run, and
 * else taken back.
 * @param listNames the names of all containers of the engine
 * @returns nothing when there is no such container
 * @throws PortplanError
 */
export async function recoverRemap(
  engine: Engine,
  text: string,
  listNames: () => Promise<readonly string[]>,
): Promise<RecoveredContainer | undefined> {
  const name = stripLeadingSlash(text);
  if (name === '') return undefined;
  const container = await readContainer(engine, name);
  if (container === undefined) return putBack(engine, name, await listNames());
  const before = originalName(stripLeadingSlash(container.Name));
  if (before !== undefined && (await isReplaced(engine, container, before)))
    return recoverRemap(engine, before, listNames);
  const origin = await originOf(engine, container);
  if (origin === undefined) return removeLeftovers(engine, container);
  const [newer, older] = [stripLeadingSlash(container.Name), stripLeadingSlash(origin.Name)];
  if (toInspected(container).startedBefore) {
    const removed = await removeQuietly(engine, origin.Id);
    const note = `${older} was left by a remap that was killed, and ${newer} has run in its place: `;
    const end = removed ? 'removed it' : 'it runs, so it stays';
    return { container, notes: [note + end] };
  }
  await removeContainer(engine, container.Id, { force: false, v: false });
  await renameContainer(engine, origin.Id, newer);
  await removeFiles(engine, origin.Id);
  return again(engine, origin.Id, `took back a remap of ${newer} that was killed`);
}

/** Whether a container that was moved aside has a successor, or nobody has its name. */
async function isReplaced(
  engine: Engine,
  { Id }: ContainerInspect,
  before: string,
): Promise<boolean> {
  const successor = await readContainer(engine, before);
  return successor === undefined || successor.Config?.Labels?.[remapLabel] === Id;
}

/** The name is gone: it may stand in the name of a container that was moved aside. */
async function putBack(
  engine: Engine,
  name: string,
  names: readonly string[],
): Promise<RecoveredContainer | undefined> {
  const [aside, ...others] = names.filter((other) => originalName(other) === name);
  if (aside === undefined || others.length > 0) return undefined;
  await renameContainer(engine, aside, name);
  const settled = await again(
    engine,
    name,
    `put back ${name}, which a remap that was killed had moved aside`,
  );
  if (settled === undefined) return undefined;
  const { notes } = await removeLeftovers(engine, settled.container);
  return { ...settled, notes: [...settled.notes, ...notes] };
}

/** The container that this one was to stand in for, when it is still there. */
async function originOf(
  engine: Engine,
  { Name, Config }: ContainerInspect,
): Promise<ContainerInspect | undefined> {
  const id = Config?.Labels?.[remapLabel];
  const origin = id === undefined ? undefined : await readContainer(engine, id);
  const before = origin && originalName(stripLeadingSlash(origin.Name));
  return before === stripLeadingSlash(Name) ? origin : undefined;
}

/** Removes what was to stand in for this container and never did. */
async function removeLeftovers(
  engine: Engine,
  container: ContainerInspect,
): Promise<RecoveredContainer> {
  const notes: string[] = [];
  for (const id of await findByLabel(engine, `${remapLabel}=${container.Id}`)) {
    const left = await readContainer(engine, id);
    // Looked at once more: a proxy may drop the filter.
    const isOurs =
      left?.Config?.Labels?.[remapLabel] === container.Id &&
      isTemporaryName(stripLeadingSlash(left.Name));
    if (isOurs && (await removeQuietly(engine, id)))
      notes.push(`removed ${id.slice(0, 12)}, which a remap that was killed had left`);
  }
  await removeFiles(engine, container.Id);
  return { container, notes };
}

/** Copies of files that were left; a start does not depend on it. */
async function removeFiles(engine: Engine, id: string): Promise<void> {
  try {
    await removeImagesByLabel(engine, filesLabel, id);
  } catch (error) {
    if (!(error instanceof PortplanError)) throw error;
  }
}

async function again(
  engine: Engine,
  id: string,
  note: string,
): Promise<RecoveredContainer | undefined> {
  const container = await readContainer(engine, id);
  return container && { container, notes: [note] };
}

/** Removes a container that does not run; tells whether it did. */
async function removeQuietly(engine: Engine, id: string): Promise<boolean> {
  try {
    await removeContainer(engine, id, { force: false, v: false });
    return true;
  } catch (error) {
    if (error instanceof EngineApiError) return false;
    throw error;
  }
}
