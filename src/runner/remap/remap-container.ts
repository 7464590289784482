import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ContainerInspect } from '../../engine/client/api-types.ts';
import { readContainer } from '../../engine/containers/inspect.ts';
import {
  createContainer,
  removeContainer,
  renameContainer,
  startContainer,
} from '../../engine/containers/lifecycle.ts';
import { connectNetwork } from '../../engine/networks/networks.ts';
import type { Engine } from '../../engine/open-engine.ts';
import { asPortplanError, PortplanError } from '../../errors.ts';
import type { Assignment } from '../../model/findings/plan.ts';
import { compareVersions } from '../../model/host/engine-traits.ts';
import { shellQuote } from '../../model/text/safe-text.ts';
import { type ContainerPublish, rebindPorts } from '../container-publishes.ts';
import {
  type RetryRequest,
  type StartedContainer,
  startContainerWithRetry,
} from '../retry-on-lost-port.ts';
import { type OnRollback, retryWhileEngineAway, withRollback } from '../rollback.ts';
import { runLabel, trackCreation } from '../tracked-container.ts';
import { type ContainerFiles, snapshotFilesystem } from './container-files.ts';
import { toRecreation } from './create-request.ts';
import {
  backupName,
  firstImageLabel,
  remapLabel,
  stripLeadingSlash,
  temporaryName,
} from './names.ts';

/** A container to recreate, and the plan of its ports. */
export interface RemapRequest extends RetryRequest {
  readonly engine: Engine;
  /** A stopped container whose ports are taken. */
  readonly container: ContainerInspect;
  /** Its publishes; those without an assignment stay unchanged. */
  readonly published: readonly ContainerPublish[];
  /** Called before the files of the container are copied, which may take a while. */
  readonly onCopy?: (() => void) | undefined;
}

/** A running container that replaces another one. */
export interface RemappedContainer extends StartedContainer {
  /** Image with the files of the old container; absent when they do not differ from its own image. */
  readonly image?: string | undefined;
  /** Name of the old container when it could not be removed. */
  readonly leftover?: string | undefined;
}

/**
 * Recreates a container on other ports: same configuration, networks, volumes and files, new id. The old container keeps its
 * name until the new one is complete, and is removed after the new one runs. On failure or interrupt, the old container has
 * its name again and the rest is removed.
 * @throws PortplanError `start-failed`, `interrupted`, and the errors of engine and plan
 */
export async function remapContainer(request: RemapRequest): Promise<RemappedContainer> {
  const { engine, container } = request;
  const token = randomBytes(4).toString('hex');
  const started = await withRollback(async (onRollback) => {
    const files = await snapshotFilesystem(request, onRollback);
    const replacement = { ...request, files, token };
    const running = await startContainerWithRetry(request, (assignments, onCreateRollback) =>
      createAndStart(replacement, assignments, onCreateRollback),
    );
    return { ...running, image: files.copied ? files.image : undefined };
  });
  const removed = await removeOld(engine, container.Id);
  return removed
    ? started
    : { ...started, leftover: backupName(stripLeadingSlash(container.Name), token) };
}

interface ReplacementRequest extends RemapRequest {
  readonly files: ContainerFiles;
  readonly token: string;
}

async function createAndStart(
  request: ReplacementRequest,
  assignments: readonly Assignment[],
  onRollback: OnRollback,
): Promise<string> {
  const { engine, container, token, signal } = request;
  const name = stripLeadingSlash(container.Name);
  const [backup, temporary] = [backupName(name, token), temporaryName(name, token)];
  const tracked = trackCreation(engine, token, { removeVolumes: false });
  onRollback({
    leftover: `${name} is now named ${backup}`,
    hint: `${engine.command} rename ${shellQuote(backup)} ${shellQuote(name)}`,
    undo: () => restoreName(engine, container.Id, name),
  });
  onRollback({
    leftover: `an unfinished container ${temporary} or ${name} remains`,
    get hint() {
      return tracked.hint;
    },
    undo: tracked.remove,
  });
  const { body, connections } = recreate(request, assignments);
  const id = await tracked.create(() => createContainer(engine, { name: temporary, body }, signal));
  for (const { network, endpoint } of connections)
    await connectNetwork(engine, network, id, endpoint);
  signal?.throwIfAborted();
  await renameContainer(engine, container.Id, backup);
  await renameContainer(engine, id, name);
  signal?.throwIfAborted();
  await startContainer(engine, id, signal);
  await requireAlive(engine, id);
  signal?.throwIfAborted();
  return id;
}

function recreate(
  { engine, container, published, files, token }: ReplacementRequest,
  assignments: readonly Assignment[],
) {
  return toRecreation(container, {
    image: files.image,
    ports: rebindPorts(container.HostConfig?.PortBindings ?? {}, published, assignments),
    labels: {
      [remapLabel]: container.Id,
      [runLabel]: token,
      [firstImageLabel]: files.firstImage,
    },
    allNetworks: compareVersions(engine.apiVersion, '1.44') >= 0,
  });
}

/** Time a program must run before the old container is removed; ms. */
const minAliveMs = 500;

/**
 * A program that fails at once may have worked in the old container.
 * @throws PortplanError `start-failed` when it exited with a failure
 */
async function requireAlive(engine: Engine, id: string): Promise<void> {
  await sleep(minAliveMs);
  const { State: state } = (await readContainer(engine, id)) ?? {};
  const ended = state?.Status === 'exited' || state?.Status === 'restarting';
  if (!ended || state.ExitCode === 0) return;
  throw new PortplanError(
    'start-failed',
    `the new container exited at once with exit code ${state.ExitCode}; the old one is kept`,
  );
}

async function restoreName(engine: Engine, id: string, name: string): Promise<void> {
  const container = await readContainer(engine, id);
  if (container !== undefined && stripLeadingSlash(container.Name) !== name)
    await renameContainer(engine, id, name);
}

/** Removes the old container but not its volumes, which the new one uses; returns whether it was removed. */
async function removeOld(engine: Engine, id: string): Promise<boolean> {
  const remove = () => removeContainer(engine, id, { force: false, v: false });
  const result = await retryWhileEngineAway(remove).catch(asPortplanError);
  return !(result instanceof PortplanError);
}
