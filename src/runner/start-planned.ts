import { randomUUID } from 'node:crypto';
import { EngineApiError } from '../engine/client/error.ts';
import { createContainer, startContainer } from '../engine/containers/lifecycle.ts';
import type { Engine } from '../engine/open-engine.ts';
import { PortplanError } from '../errors.ts';
import type { Assignment } from '../model/findings/plan.ts';
import type { ContainerSpec } from './docker-flags/create-request.ts';
import { toContainerPortSettings } from './port-bindings.ts';
import {
  type RetryRequest,
  type StartedContainer,
  startContainerWithRetry,
} from './retry-on-lost-port.ts';
import type { OnRollback } from './rollback.ts';
import { runLabel, trackCreation } from './tracked-container.ts';

/** A container to create, and the plan of its ports. */
export interface StartRequest extends RetryRequest {
  readonly engine: Engine;
  readonly spec: ContainerSpec;
  /** Ports that are exposed and not published. */
  readonly exposed: readonly { readonly target: number; readonly protocol: string }[];
  /** Called with the id of each container before it starts, to attach to it; returns how to detach. */
  readonly beforeStart?: ((id: string) => Promise<() => void>) | undefined;
}

/**
 * Creates and starts a container; plans and starts again when another program takes a port. Removes a container that did
 * not start, also after an interrupt or a lost response.
 * @throws PortplanError `start-failed` with docker's exit code, `interrupted`, and the engine's errors
 */
export async function startPlanned(request: StartRequest): Promise<StartedContainer> {
  return startContainerWithRetry(request, (assignments, onRollback) =>
    createAndStart(request, assignments, onRollback),
  );
}

async function createAndStart(
  request: StartRequest,
  assignments: readonly Assignment[],
  onRollback: OnRollback,
): Promise<string> {
  const { engine, signal } = request;
  const token = randomUUID();
  const tracked = trackCreation(engine, token, { removeVolumes: true });
  let detach = () => {};
  onRollback({
    leftover: 'an unfinished container may exist',
    get hint() {
      return tracked.hint;
    },
    undo: () => {
      detach();
      return tracked.remove();
    },
  });
  const id = await tracked.create(() => create(request, assignments, token)).catch(toCreateError);
  signal?.throwIfAborted();
  detach = (await request.beforeStart?.(id)) ?? detach;
  await startContainer(engine, id, signal);
  return id;
}

/** Creates the container with a token in its labels, which finds it when the response is lost. */
function create(
  { engine, spec, exposed, signal }: StartRequest,
  assignments: readonly Assignment[],
  token: string,
): Promise<string> {
  const { ExposedPorts, PortBindings } = toContainerPortSettings(assignments, exposed);
  const { body, name, platform } = spec;
  const withPorts = {
    ...body,
    Labels: { ...body.Labels, [runLabel]: token },
    ExposedPorts,
    HostConfig: { ...body.HostConfig, PortBindings },
  };
  return createContainer(engine, { name, platform, body: withPorts }, signal);
}

/** @throws PortplanError */
function toCreateError(error: unknown): never {
  if (!(error instanceof EngineApiError)) throw error;
  const usedName = /name "?\/?([^"\s]+)"? is already in use/i.exec(error.message)?.[1];
  const hint =
    usedName === undefined
      ? undefined
      : 'choose another --name, or remove the container that has it';
  throw new PortplanError(
    'start-failed',
    `the engine did not create the container: ${error.message}`,
    { hint, cause: error },
  );
}
