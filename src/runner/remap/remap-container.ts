import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ContainerInspect } from '../../engine/client/api-types.ts';
import { EngineApiError } from '../../engine/client/error.ts';
import { readContainer } from '../../engine/containers/inspect.ts';
import {
  createContainer,
  removeContainer,
  renameContainer,
  startContainer,
} from '../../engine/containers/lifecycle.ts';
import { connectNetwork } from '../../engine/networks/networks.ts';
import type { Engine } from '../../engine/open-engine.ts';
import { PortplanError } from '../../errors.ts';
import type { Assignment } from '../../model/findings/plan.ts';
import { compareVersions } from '../../model/host/engine-traits.ts';
import { shellQuote } from '../../model/text/safe-text.ts';
import { parsePortErrors } from '../../port-errors/parse.ts';
import { type ContainerPublish, rebindPorts } from '../container-publishes.ts';
import {
  type FailedStart,
  type RetryRequest,
  retryOnLostPort,
  type StartedContainer,
} from '../retry-on-lost-port.ts';
import { type RollbackStep, retryWhileEngineAway, withRollback } from '../rollback.ts';
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

export interface RemapRequest extends RetryRequest {
  readonly engine: Engine;
  /** The container that cannot have its ports; it does not run. */
  readonly container: ContainerInspect;
  /** What it publishes; those that are not among the assignments stay as they are. */
  readonly published: readonly ContainerPublish[];
  /** Told before the files of the container are copied, which may take a while. */
  readonly onCopy?: (() => void) | undefined;
}

/** A container that runs in the place of another one, which is gone. */
export interface RemappedContainer extends StartedContainer {
  /** The image that holds the files of the old container; absent where they were those of its own image. */
  readonly image?: string | undefined;
  /** The name of the old container, where it could not be removed. */
  readonly left?: string | undefined;
}

/**
 * Makes a container anew on other ports: same configuration, networks, volumes and files, other id. The old one keeps its
 * name until the new one is complete, and is there until the new one runs. Whatever fails, or when it is interrupted, the
 * old container has its name again and nothing else is left.
 * @throws PortplanError `start-failed`, `interrupted`, and those of the engine and the plan
 */
export async function remapContainer(request: RemapRequest): Promise<RemappedContainer> {
  const { engine, container } = request;
  const token = randomBytes(4).toString('hex');
  const started = await withRollback(async (before) => {
    const files = await snapshotFilesystem(request, before);
    const copy = await retryOnLostPort(request, (assignments) =>
      startCopy({ ...request, files, token }, assignments),
    );
    return { ...copy, image: files.copied ? files.image : undefined };
  });
  const removed = await removeOld(engine, container.Id);
  return removed
    ? started
    : { ...started, left: backupName(stripLeadingSlash(container.Name), token) };
}

interface CommitRequest extends RemapRequest {
  readonly files: ContainerFiles;
  readonly token: string;
}

async function startCopy(
  request: CommitRequest,
  assignments: readonly Assignment[],
): Promise<StartedContainer | FailedStart> {
  try {
    const id = await withRollback((before) => createAndStart(request, assignments, before));
    return { id, assignments };
  } catch (error) {
    if (!(error instanceof EngineApiError)) throw error;
    return { portError: parsePortErrors(error.message)[0], error };
  }
}

async function createAndStart(
  request: CommitRequest,
  assignments: readonly Assignment[],
  before: (step: RollbackStep) => void,
): Promise<string> {
  const { engine, container, token, signal } = request;
  const name = stripLeadingSlash(container.Name);
  const made = trackCreation(engine, token, { v: false });
  signal?.throwIfAborted();
  before({
    leftover: `${name} is called ${backupName(name, token)} now`,
    hint: `${engine.command} rename ${shellQuote(backupName(name, token))} ${shellQuote(name)}`,
    undo: () => putBack(engine, container.Id, name),
  });
  before({
    leftover: `there is a container ${temporaryName(name, token)}, or one called ${name}, that is not complete`,
    get hint() {
      return made.hint;
    },
    undo: made.remove,
  });
  const { body, connections } = recreate(request, assignments);
  const created = { name: temporaryName(name, token), body };
  const id = await made.create(() => createContainer(engine, created, signal));
  for (const { network, endpoint } of connections)
    await connectNetwork(engine, network, id, endpoint);
  signal?.throwIfAborted();
  await renameContainer(engine, container.Id, backupName(name, token));
  await renameContainer(engine, id, name);
  signal?.throwIfAborted();
  await startContainer(engine, id, signal);
  await expectAlive(engine, id);
  signal?.throwIfAborted();
  return id;
}

function recreate(
  { engine, container, published, files, token }: CommitRequest,
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

/** How long a program has to live to be taken for one that runs; milliseconds. */
const livesMs = 500;

/** A program that fails at once did better, perhaps, in the old container. */
async function expectAlive(engine: Engine, id: string): Promise<void> {
  await sleep(livesMs);
  const { State: state } = (await readContainer(engine, id)) ?? {};
  const ended = state?.Status === 'exited' || state?.Status === 'restarting';
  if (!ended || state.ExitCode === 0) return;
  throw new PortplanError(
    'start-failed',
    `the new container ended at once, with exit code ${state.ExitCode}; the old one is kept`,
  );
}

async function putBack(engine: Engine, id: string, name: string): Promise<void> {
  const container = await readContainer(engine, id);
  if (container !== undefined && stripLeadingSlash(container.Name) !== name)
    await renameContainer(engine, id, name);
}

/** Its volumes are those of the new one. */
async function removeOld(engine: Engine, id: string): Promise<boolean> {
  try {
    await retryWhileEngineAway(() => removeContainer(engine, id, { force: false, v: false }));
    return true;
  } catch (error) {
    if (error instanceof PortplanError) return false;
    throw error;
  }
}
