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

/** Containers, networks and volumes of a project before a start. */
export interface ProjectSnapshot {
  readonly containers: readonly ListedContainer[];
  /** Inspect responses of the running containers by id, to recreate them. */
  readonly running: ReadonlyMap<string, ContainerInspect>;
  /** Network ids. */
  readonly networks: ReadonlySet<string>;
  /** Volume names. */
  readonly volumes: ReadonlySet<string>;
}

/** How a failed start ended. */
export interface FailedCompose {
  /**
   * `interrupted`: by a signal in the background, so it is rolled back even when everything runs by now. `stopped`: by a
   * signal in the foreground, where Compose itself stops what it started.
   */
  readonly end: 'failed' | 'interrupted' | 'stopped';
  /** Exit code of the command. */
  readonly code: number | undefined;
  /** The error, unless it was reported already. */
  readonly error?: PortplanError | undefined;
}

/** Returns the state of a project before a start. @throws PortplanError */
export async function snapshotProject({ engine, loaded }: PreparedUp): Promise<ProjectSnapshot> {
  const project = loaded.project.name;
  const [containers, networks, volumes] = await Promise.all([
    listProjectContainers(engine, { project }),
    projectNetworks(engine, project),
    projectVolumes(engine, project),
  ]);
  const running = containers.filter(isRunning);
  const inspected = await Promise.all(
    running.map(({ holder }) => readContainer(engine, holder.id)),
  );
  return {
    containers,
    running: new Map(
      inspected.flatMap((container) =>
        container === undefined ? [] : [[container.Id, container] as const],
      ),
    ),
    networks: new Set(networks.map(({ id }) => id)),
    volumes: new Set(volumes.map(({ name }) => name)),
  };
}

/**
 * Rolls back a failed start: removes new containers, networks and volumes, and restarts or recreates what ran before. Keeps
 * a start that failed after everything ran (an unhealthy service, a program that exited) for inspection. Waits for an
 * engine that restarts meanwhile.
 * @returns one note per kind of change, with the names of the containers
 * @throws PortplanError with what may remain, when the rollback failed; `start-failed` without an earlier error
 */
export async function restoreProject(
  before: ProjectSnapshot,
  { engine, loaded }: PreparedUp,
  failed: FailedCompose,
): Promise<readonly string[]> {
  const changes: Changes = new Map();
  try {
    const restoration = { engine, project: loaded.project, failed };
    for (let pass = 1; pass <= maxPasses; pass += 1) {
      if (pass > 1) await sleep(pauseMs);
      await retryWhileEngineAway(() => restoreOnce(before, restoration, changes)).catch(
        (error: unknown) => {
          // The engine may still be removing a container that it lists.
          if (!(error instanceof EngineApiError) || pass === maxPasses) throw error;
        },
      );
    }
    return [...changes].map(([change, names]) => `${change}: ${[...names].sort().join(', ')}`);
  } catch (error) {
    if (!(error instanceof PortplanError)) throw error;
    throw toRollbackError(error, before, { engine, project: loaded.project, failed });
  }
}

/** The engine may still be executing calls whose responses Compose did not wait for. */
const maxPasses = 3;
const pauseMs = 400;

/** Names of containers by what was done to them. */
type Changes = Map<string, Set<string>>;

function note(changes: Changes, change: string, name: string): void {
  changes.set(change, (changes.get(change) ?? new Set()).add(name));
}

interface Restoration {
  readonly engine: Engine;
  readonly project: ComposeProject;
  readonly failed: FailedCompose;
}

async function restoreOnce(
  before: ProjectSnapshot,
  { engine, project, failed }: Restoration,
  changes: Changes,
): Promise<void> {
  const now = await listProjectContainers(engine, { project: project.name });
  const known = new Set(before.containers.map(({ holder }) => holder.id));
  const created = now.filter(({ holder }) => !known.has(holder.id));
  // An engine that went away may have stopped everything that was started.
  const mustRollBack = failed.end === 'interrupted' || failed.error !== undefined;
  if (!mustRollBack && !isIncomplete(now, project)) {
    if (failed.end !== 'failed') return;
    const down = `${engine.command} compose -p ${shellQuote(project.name)} down`;
    const change = `everything was started, and keeps running for inspection (stop it with ${down})`;
    for (const container of created) note(changes, change, nameOf(container));
    return;
  }
  const removed = [...before.running.values()].filter(
    ({ Id }) => !now.some(({ holder }) => holder.id === Id),
  );
  const replacedServices = new Set(
    removed.map(({ Config }) => Config?.Labels?.['com.docker.compose.service']),
  );
  for (const container of created) {
    // Compose passes anonymous volumes on to the container that replaces another one.
    const v = !replacedServices.has(container.holder.service);
    await removeContainer(engine, container.holder.id, { force: true, v });
    note(changes, 'removed', nameOf(container));
  }
  await removeNewResources(before, engine, project.name);
  const { reportsFullConfig: canRecreate } = engine.traits;
  for (const container of removed) {
    if (canRecreate) await recreateContainer(engine, container);
    const change = canRecreate ? 'recreated' : 'replaced by Compose; cannot be restored on Podman';
    note(changes, change, stripLeadingSlash(container.Name));
  }
  for (const container of now) {
    const { id = '' } = container.holder;
    if (!before.running.has(id) || isRunning(container)) continue;
    await startContainer(engine, id);
    note(changes, 'restarted', nameOf(container));
  }
}

async function removeNewResources(
  before: ProjectSnapshot,
  engine: Engine,
  project: string,
): Promise<void> {
  for (const { id } of await projectNetworks(engine, project))
    if (!before.networks.has(id)) await removeNetwork(engine, id);
  for (const { name } of await projectVolumes(engine, project))
    if (!before.volumes.has(name)) await removeVolume(engine, name);
}

function toRollbackError(
  cause: PortplanError,
  before: ProjectSnapshot,
  { engine, project, failed: { code, error } }: Restoration,
): PortplanError {
  const compose = `${engine.command} compose -p ${shellQuote(project.name)}`;
  const prefix = error === undefined ? '' : `${error.message}; `;
  return new PortplanError(
    error?.code ?? 'start-failed',
    `${prefix}the rollback failed: ${cause.message}`,
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

/** Whether a container was created but not started, or a service has no container. */
function isIncomplete(now: readonly ListedContainer[], project: ComposeProject): boolean {
  const wanted = project.services.filter(({ enabled, replicas }) => enabled && replicas !== 0);
  const isUnstarted = ({ state, holder }: ListedContainer) =>
    state === 'created' && wanted.some(({ name }) => name === holder.service);
  const isMissing = ({ name }: { readonly name: string }) =>
    !now.some(({ holder }) => holder.service === name);
  return now.some(isUnstarted) || wanted.some(isMissing);
}

async function projectNetworks(engine: Engine, project: string) {
  const networks = await listNetworks(engine);
  return networks.filter((network) => network.project === project);
}

async function projectVolumes(engine: Engine, project: string) {
  const volumes = await listVolumes(engine);
  return volumes.filter((volume) => volume.project === project);
}

function isRunning({ state }: ListedContainer): boolean {
  return state === 'running';
}

function nameOf({ holder }: ListedContainer): string {
  return holder.name ?? holder.id?.slice(0, 12) ?? '';
}
