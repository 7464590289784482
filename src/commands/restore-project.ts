import type { ComposeProject } from '../compose/project.ts';
import { removeContainer, startContainer } from '../engine/container-calls.ts';
import type { ListedContainer } from '../engine/containers.ts';
import { readContainer } from '../engine/inspect.ts';
import type { Engine } from '../engine/open-engine.ts';
import { listProjectContainers } from '../engine/project-containers.ts';
import { listNetworks, removeNetwork } from '../engine/resources.ts';
import type { ContainerAnswer } from '../engine/wire.ts';
import { messageOf, PortplanError } from '../errors.ts';
import { makeAgain } from '../runner/make-again.ts';
import { plainName } from '../runner/remap-names.ts';
import type { PreparedUp } from './prepare-up.ts';

/** What of a project was there before a start. */
export interface ProjectBefore {
  readonly containers: readonly ListedContainer[];
  /** All that is needed to make those anew that ran. */
  readonly ran: ReadonlyMap<string, ContainerAnswer>;
  /** Ids. */
  readonly networks: ReadonlySet<string>;
}

/** Notes what is there, before anything is changed. @throws PortplanError */
export async function readBefore({ engine, loaded }: PreparedUp): Promise<ProjectBefore> {
  const project = loaded.project.name;
  const [containers, networks] = await Promise.all([
    listProjectContainers(engine, { project }),
    ownNetworks(engine, project),
  ]);
  const running = containers.filter(isRunning);
  const inspected = await Promise.all(
    running.map(({ holder }) => readContainer(engine, holder.id ?? '')),
  );
  return {
    containers,
    ran: new Map(inspected.flatMap((one) => (one === undefined ? [] : [[one.Id, one] as const]))),
    networks: new Set(networks.map(({ id }) => id)),
  };
}

/**
 * After a start that failed half-way: removes the containers and networks that are new, and starts again what ran
 * before. A start that failed after everything ran (an unhealthy service, a program that ended) is left to be looked
 * at. Tells what was done, in words.
 */
export async function restore(
  before: ProjectBefore,
  { engine, loaded }: PreparedUp,
): Promise<readonly string[]> {
  try {
    return await restoreOrThrow(before, engine, loaded.project);
  } catch (error) {
    if (!(error instanceof PortplanError)) throw error;
    return [`what was begun could not be taken back: ${messageOf(error)}`];
  }
}

async function restoreOrThrow(
  before: ProjectBefore,
  engine: Engine,
  project: ComposeProject,
): Promise<readonly string[]> {
  const now = await listProjectContainers(engine, { project: project.name });
  const known = new Set(before.containers.map(({ holder }) => holder.id));
  const fresh = now.filter(({ holder }) => !known.has(holder.id));
  if (!isHalfMade(now, before, project)) return [];
  const gone = [...before.ran.values()].filter(
    ({ Id }) => !now.some(({ holder }) => holder.id === Id),
  );
  const heirs = new Set(gone.map(({ Config }) => Config?.Labels?.['com.docker.compose.service']));
  for (const { holder } of fresh) {
    // Compose hands anonymous volumes on to the container that replaces another.
    const v = !heirs.has(holder.service);
    await removeContainer(engine, holder.id ?? '', { force: true, v });
  }
  for (const { id } of await ownNetworks(engine, project.name))
    if (!before.networks.has(id)) await removeNetwork(engine, id);
  const { tellsAllOfContainer: canMakeAgain } = engine.traits;
  if (canMakeAgain) for (const container of gone) await makeAgain(engine, container);
  const stopped = now.filter(
    (container) => before.ran.has(container.holder.id ?? '') && !isRunning(container),
  );
  for (const { holder } of stopped) await startContainer(engine, holder.id ?? '');
  return [
    ...tell(fresh.map(nameOf), 'removed'),
    ...tell(stopped.map(nameOf), 'started again'),
    ...tell(
      gone.map(({ Name }) => plainName(Name)),
      canMakeAgain ? 'made again as it was' : 'replaced, and not to be had back from this engine',
    ),
  ];
}

/** Whether a container did not come to run, or a service has none. */
function isHalfMade(
  now: readonly ListedContainer[],
  before: ProjectBefore,
  project: ComposeProject,
): boolean {
  const wanted = project.services.filter(({ enabled, replicas }) => enabled && replicas !== 0);
  const isUnstarted = ({ state, holder }: ListedContainer) =>
    state === 'created' && wanted.some(({ name }) => name === holder.service);
  const isMissing = ({ name }: { readonly name: string }) =>
    !now.some(({ holder }) => holder.service === name);
  return now.some(isUnstarted) || (now.length > before.containers.length && wanted.some(isMissing));
}

async function ownNetworks(engine: Engine, project: string) {
  const networks = await listNetworks(engine);
  return networks.filter((network) => network.project === project);
}

function isRunning({ state }: ListedContainer): boolean {
  return state === 'running';
}

function nameOf({ holder }: ListedContainer): string {
  return holder.name ?? holder.id?.slice(0, 12) ?? '';
}

function tell(names: readonly string[], what: string): readonly string[] {
  return names.length === 0 ? [] : [`${what}: ${[...names].sort().join(', ')}`];
}
