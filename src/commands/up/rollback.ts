import { setTimeout as sleep } from 'node:timers/promises';
import type { ComposeProject } from '../../compose/project.ts';
import type { ContainerInspect } from '../../engine/client/api-types.ts';
import { EngineApiError } from '../../engine/client/error.ts';
import { readContainer } from '../../engine/containers/inspect.ts';
import { removeContainer, startContainer } from '../../engine/containers/lifecycle.ts';
import type { ListedContainer } from '../../engine/containers/list.ts';
import { listProjectContainers } from '../../engine/containers/list.ts';
import {
  listNetworks,
  listVolumes,
  removeNetwork,
  removeVolume,
} from '../../engine/networks/project-resources.ts';
import type { Engine } from '../../engine/open-engine.ts';
import { PortplanError } from '../../errors.ts';
import { shellQuote } from '../../model/text/safe-text.ts';
import { stripLeadingSlash } from '../../runner/remap/names.ts';
import { recreateContainer } from '../../runner/remap/recreate-container.ts';
import { retryWhileEngineAway } from '../../runner/rollback.ts';
import type { PreparedUp } from './prepare.ts';

/** What of a project was there before a start. */
export interface ProjectSnapshot {
  readonly containers: readonly ListedContainer[];
  /** All that is needed to make those anew that ran. */
  readonly ran: ReadonlyMap<string, ContainerInspect>;
  /** Ids. */
  readonly networks: ReadonlySet<string>;
  /** Names. */
  readonly volumes: ReadonlySet<string>;
}

/** How a start ended that has failed. */
export interface FailedCompose {
  /**
   * `given-up`: by a signal, so that it is taken back even when everything runs by now; `stopped`: by a signal too, in the
   * foreground, where Compose stops what it has started.
   */
  readonly end: 'failed' | 'given-up' | 'stopped';
  /** The exit code of the command. */
  readonly code: number | undefined;
  /** What went wrong, where it is not told yet. */
  readonly error?: PortplanError | undefined;
}

/** Notes what is there, before anything is changed. @throws PortplanError */
export async function readBefore({ engine, loaded }: PreparedUp): Promise<ProjectSnapshot> {
  const project = loaded.project.name;
  const [containers, networks, volumes] = await Promise.all([
    listProjectContainers(engine, { project }),
    ownNetworks(engine, project),
    ownVolumes(engine, project),
  ]);
  const running = containers.filter(isRunning);
  const inspected = await Promise.all(
    running.map(({ holder }) => readContainer(engine, holder.id ?? '')),
  );
  return {
    containers,
    ran: new Map(inspected.flatMap((one) => (one === undefined ? [] : [[one.Id, one] as const]))),
    networks: new Set(networks.map(({ id }) => id)),
    volumes: new Set(volumes.map(({ name }) => name)),
  };
}

/**
 * After a start that failed half-way: removes the containers, networks and volumes that are new, and starts again what ran
 * before. A start that failed after everything ran (an unhealthy service, a program that ended) is left to be looked
 * at. An engine that starts again meanwhile is waited for. Tells what was done, in words.
 * @throws PortplanError `start-failed` with what may be left, when it could not be taken back
 */
export async function restore(
  before: ProjectSnapshot,
  { engine, loaded }: PreparedUp,
  failed: FailedCompose,
): Promise<readonly string[]> {
  const done: Done = new Map();
  try {
    const restoration = { engine, project: loaded.project, failed };
    for (let pass = 1; pass <= maxPasses; pass += 1) {
      if (pass > 1) await sleep(pauseMs);
      await retryWhileEngineAway(() => restoreOnce(before, restoration, done)).catch(
        (error: unknown) => {
          // A container that is there, and is being removed.
          if (!(error instanceof EngineApiError) || pass === maxPasses) throw error;
        },
      );
    }
    return [...done].map(([what, names]) => `${what}: ${[...names].sort().join(', ')}`);
  } catch (error) {
    if (!(error instanceof PortplanError)) throw error;
    throw toRollbackError(error, before, { engine, project: loaded.project, failed });
  }
}

/** An engine may still be at what Compose has asked for and does not wait for any more. */
const maxPasses = 3;
const pauseMs = 400;

/** What was done, and to which containers. */
type Done = Map<string, Set<string>>;

function note(done: Done, what: string, name: string): void {
  done.set(what, (done.get(what) ?? new Set()).add(name));
}

interface Restoration {
  readonly engine: Engine;
  readonly project: ComposeProject;
  readonly failed: FailedCompose;
}

async function restoreOnce(
  before: ProjectSnapshot,
  { engine, project, failed }: Restoration,
  done: Done,
): Promise<void> {
  const now = await listProjectContainers(engine, { project: project.name });
  const known = new Set(before.containers.map(({ holder }) => holder.id));
  const fresh = now.filter(({ holder }) => !known.has(holder.id));
  // An engine that went away may have ended all that was started.
  const isTakenBack = failed.end === 'given-up' || failed.error !== undefined;
  if (!isTakenBack && !isHalfMade(now, project)) {
    if (failed.end !== 'failed') return;
    const down = `${engine.command} compose -p ${shellQuote(project.name)} down`;
    const what = `everything was started, and is left to be looked at (${down} ends it)`;
    for (const container of fresh) note(done, what, nameOf(container));
    return;
  }
  const gone = [...before.ran.values()].filter(
    ({ Id }) => !now.some(({ holder }) => holder.id === Id),
  );
  const heirs = new Set(gone.map(({ Config }) => Config?.Labels?.['com.docker.compose.service']));
  for (const container of fresh) {
    // Compose hands anonymous volumes on to the container that replaces another.
    const v = !heirs.has(container.holder.service);
    await removeContainer(engine, container.holder.id ?? '', { force: true, v });
    note(done, 'removed', nameOf(container));
  }
  await removeNewResources(before, engine, project.name);
  const { reportsFullConfig: canMakeAgain } = engine.traits;
  for (const container of gone) {
    if (canMakeAgain) await recreateContainer(engine, container);
    const what = canMakeAgain
      ? 'made again as it was'
      : 'replaced, and not to be had back from this engine';
    note(done, what, stripLeadingSlash(container.Name));
  }
  for (const container of now) {
    const { id = '' } = container.holder;
    if (!before.ran.has(id) || isRunning(container)) continue;
    await startContainer(engine, id);
    note(done, 'started again', nameOf(container));
  }
}

async function removeNewResources(
  before: ProjectSnapshot,
  engine: Engine,
  project: string,
): Promise<void> {
  for (const { id } of await ownNetworks(engine, project))
    if (!before.networks.has(id)) await removeNetwork(engine, id);
  for (const { name } of await ownVolumes(engine, project))
    if (!before.volumes.has(name)) await removeVolume(engine, name);
}

function toRollbackError(
  cause: PortplanError,
  before: ProjectSnapshot,
  { engine, project, failed: { code, error } }: Restoration,
): PortplanError {
  const compose = `${engine.command} compose -p ${shellQuote(project.name)}`;
  const what = error === undefined ? '' : `${error.message}; `;
  return new PortplanError(
    error?.code ?? 'start-failed',
    `${what}what was begun could not be taken back: ${cause.message}`,
    {
      hint:
        before.containers.length === 0
          ? `when the engine answers again: ${compose} down${before.volumes.size === 0 ? ' --volumes' : ''}`
          : `when the engine answers again: ${compose} ps --all, then portplan up`,
      exitCode: error?.exitCode ?? code,
      cause,
    },
  );
}

/** Whether a container did not come to run, or a service has none. */
function isHalfMade(now: readonly ListedContainer[], project: ComposeProject): boolean {
  const wanted = project.services.filter(({ enabled, replicas }) => enabled && replicas !== 0);
  const isUnstarted = ({ state, holder }: ListedContainer) =>
    state === 'created' && wanted.some(({ name }) => name === holder.service);
  const isMissing = ({ name }: { readonly name: string }) =>
    !now.some(({ holder }) => holder.service === name);
  return now.some(isUnstarted) || wanted.some(isMissing);
}

async function ownNetworks(engine: Engine, project: string) {
  const networks = await listNetworks(engine);
  return networks.filter((network) => network.project === project);
}

async function ownVolumes(engine: Engine, project: string) {
  const volumes = await listVolumes(engine);
  return volumes.filter((volume) => volume.project === project);
}

function isRunning({ state }: ListedContainer): boolean {
  return state === 'running';
}

function nameOf({ holder }: ListedContainer): string {
  return holder.name ?? holder.id?.slice(0, 12) ?? '';
}
