import { randomUUID } from 'node:crypto';
import { EngineApiError } from '../engine/client/error.ts';
import { createContainer, startContainer } from '../engine/containers/lifecycle.ts';
import type { Engine } from '../engine/open-engine.ts';
import { PortplanError } from '../errors.ts';
import type { Assignment } from '../model/findings/plan.ts';
import { parsePortErrors } from '../port-errors/parse.ts';
import type { ContainerSpec } from './docker-flags/create-request.ts';
import { toPortSettings } from './port-bindings.ts';
import {
  type FailedStart,
  type RetryRequest,
  retryOnLostPort,
  type StartedContainer,
} from './retry-on-lost-port.ts';
import { type RollbackStep, withRollback } from './rollback.ts';
import { runLabel, trackCreation } from './tracked-container.ts';

export interface StartRequest extends RetryRequest {
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
  return retryOnLostPort(request, (assignments) => startOnce(request, assignments));
}

async function startOnce(
  request: StartRequest,
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
  request: StartRequest,
  assignments: readonly Assignment[],
  before: (step: RollbackStep) => void,
): Promise<string> {
  const { engine, signal } = request;
  throwIfInterrupted(signal);
  const token = randomUUID();
  const made = trackCreation(engine, token, { v: true });
  let detach = () => {};
  before({
    leftover: 'a container that was begun may be there',
    get hint() {
      return made.hint;
    },
    undo: () => {
      detach();
      return made.remove();
    },
  });
  const id = await made.create(() => create(request, assignments, token)).catch(toCreateError);
  throwIfInterrupted(signal);
  detach = (await request.beforeStart?.(id)) ?? detach;
  await startContainer(engine, id, signal);
  return id;
}

/** Creates the container, with the token by which it is found again when the engine's answer gets lost. */
function create(
  { engine, spec, exposed, signal }: StartRequest,
  assignments: readonly Assignment[],
  token: string,
): Promise<string> {
  const { ExposedPorts, PortBindings } = toPortSettings(assignments, exposed);
  const { body, name, platform } = spec;
  const withPorts = {
    ...body,
    Labels: { ...body.Labels, [runLabel]: token },
    ExposedPorts,
    HostConfig: { ...body.HostConfig, PortBindings },
  };
  return createContainer(engine, { name, platform, body: withPorts }, signal);
}

function throwIfInterrupted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw signal.reason;
}

/** @throws PortplanError */
function toCreateError(error: unknown): never {
  if (!(error instanceof EngineApiError)) throw error;
  const taken = /name "?\/?([^"\s]+)"? is already in use/i.exec(error.message)?.[1];
  const hint =
    taken === undefined ? undefined : 'choose another --name, or remove the container that has it';
  throw new PortplanError(
    'start-failed',
    `the engine did not create the container: ${error.message}`,
    { hint, cause: error },
  );
}
