import type { ContainerInspect } from '../../engine/client/api-types.ts';
import { EngineApiError, isMissing } from '../../engine/client/error.ts';
import { toInspected } from '../../engine/containers/inspect.ts';
import { stopContainer } from '../../engine/containers/stop.ts';
import type { Engine } from '../../engine/open-engine.ts';
import { withHint } from '../../errors.ts';
import type { Remedy } from '../../model/findings/conflict.ts';
import type { StoppedItem } from '../../model/findings/report.ts';
import type { ContainerHolder } from '../../model/host/binding.ts';
import { shellQuote } from '../../model/text/safe-text.ts';

/** Progress callback, stop timeout and cancellation. */
export interface StopListener {
  /** Seconds until a container is killed. Default: that of the container, usually 10. */
  readonly seconds?: number | undefined;
  /** Called before a container is stopped. */
  readonly onStop?: ((holder: ContainerHolder, target: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** States without a running process. */
const idle = ['created', 'exited', 'dead'];

/** Stops a container, unless an orchestrator would replace it at once. @throws PortplanError */
export async function stopContainerSafely(
  engine: Engine,
  container: ContainerInspect,
  { target, seconds, onStop, signal }: StopListener & { readonly target: string },
): Promise<StoppedItem> {
  signal?.throwIfAborted();
  const { holder, state } = toInspected(container);
  const remedy = swarmRemedy(container, engine);
  if (remedy !== undefined) return { target, state: 'skipped', holder, remedy };
  onStop?.(holder, target);
  try {
    const stopped = await stopContainer(engine, container.Id, { seconds, signal });
    // Podman also confirms the stop of a container that is not running.
    return { target, state: stopped && !idle.includes(state) ? 'stopped' : 'not-running', holder };
  } catch (error) {
    if (signal?.aborted) throw withHint(signal.reason, `the engine may still stop ${holder.name}`);
    if (!(error instanceof EngineApiError)) throw error;
    // Removed in the meantime, for example by --rm.
    if (isMissing(error)) return { target, state: 'not-running', holder };
    return { target, state: 'failed', holder, message: error.message };
  }
}

function swarmRemedy({ Config }: ContainerInspect, { command }: Engine): Remedy | undefined {
  const service = Config?.Labels?.['com.docker.swarm.service.name'];
  return service === undefined
    ? undefined
    : {
        text: 'it is a task of a swarm service, which would replace it',
        command: `${command} service scale ${shellQuote(`${service}=0`)}`,
      };
}
