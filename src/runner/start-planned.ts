import { randomUUID } from 'node:crypto';
import {
  createContainer,
  findByLabel,
  removeContainer,
  startContainer,
} from '../engine/container-calls.ts';
import { EngineRefusal } from '../engine/engine-error.ts';
import type { Engine } from '../engine/open-engine.ts';
import { PortplanError } from '../errors.ts';
import { findFaults } from '../model/find-faults.ts';
import type { Assignment } from '../model/plan.ts';
import type { ContainerSpec } from './flags/container-spec.ts';
import { toPortSettings } from './port-settings.ts';
import {
  type FailedStart,
  type ReplanRequest,
  type StartedContainer,
  startReplanning,
} from './replanning.ts';

/** By this label a container is found again whose creation was not confirmed. */
export const runLabel = 'portplan.run';

export interface StartRequest extends ReplanRequest {
  readonly engine: Engine;
  readonly spec: ContainerSpec;
  /** Ports that are exposed and not published. */
  readonly exposed: readonly { readonly target: number; readonly protocol: string }[];
  /** Called with each container before it is started, to attach to it; its answer undoes that. */
  readonly beforeStart?: ((id: string) => Promise<() => void>) | undefined;
}

/**
 * Creates and starts a container; when a port is lost between plan and start it plans and starts again. A container
 * that could not be started is removed, whatever happened.
 * @throws PortplanError `start-failed` with docker's exit code, `interrupted`, and those of the engine
 */
export async function startPlanned(request: StartRequest): Promise<StartedContainer> {
  return startReplanning(request, (assignments) => startOnce(request, assignments));
}

async function startOnce(
  request: StartRequest,
  assignments: readonly Assignment[],
): Promise<StartedContainer | FailedStart> {
  const { engine, signal } = request;
  throwIfInterrupted(signal);
  const id = await create(request, assignments);
  let undo: (() => void) | undefined;
  try {
    throwIfInterrupted(signal);
    undo = await request.beforeStart?.(id);
    await startContainer(engine, id, signal);
    return { id, assignments };
  } catch (error) {
    undo?.();
    await removeAfterFailure(engine, id);
    if (!(error instanceof EngineRefusal)) throw error;
    return { fault: findFaults(error.message)[0], error };
  }
}

/** Creates the container. When the engine's answer got lost, whatever it created is found by its label and removed. */
async function create(
  { engine, spec, exposed, signal }: StartRequest,
  assignments: readonly Assignment[],
): Promise<string> {
  const token = randomUUID();
  const { ExposedPorts, PortBindings } = toPortSettings(assignments, exposed);
  const { body, name, platform } = spec;
  const withPorts = {
    ...body,
    Labels: { ...body.Labels, [runLabel]: token },
    ExposedPorts,
    HostConfig: { ...body.HostConfig, PortBindings },
  };
  try {
    return await createContainer(engine, { name, platform, body: withPorts }, signal);
  } catch (error) {
    if (error instanceof EngineRefusal) throw toCreateError(error);
    await removeByLabel(engine, `${runLabel}=${token}`);
    throw error;
  }
}

async function removeByLabel(engine: Engine, label: string): Promise<void> {
  try {
    for (const id of await findByLabel(engine, label)) await removeContainer(engine, id);
  } catch (error) {
    // The engine is gone, which is what the first error says already.
    if (!(error instanceof PortplanError)) throw error;
  }
}

async function removeAfterFailure(engine: Engine, id: string): Promise<void> {
  try {
    await removeContainer(engine, id);
  } catch (error) {
    if (!(error instanceof PortplanError)) throw error;
    throw new PortplanError(
      'start-failed',
      `the container could not be started, and not be removed either: ${error.message}`,
      {
        hint: `when the engine answers again: ${engine.command} rm -f ${id.slice(0, 12)}`,
        cause: error,
      },
    );
  }
}

function throwIfInterrupted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw signal.reason;
}

function toCreateError(error: EngineRefusal): PortplanError {
  const taken = /name "?\/?([^"\s]+)"? is already in use/i.exec(error.message)?.[1];
  const hint =
    taken === undefined ? undefined : 'choose another --name, or remove the container that has it';
  return new PortplanError(
    'start-failed',
    `the engine did not create the container: ${error.message}`,
    { hint, cause: error },
  );
}
