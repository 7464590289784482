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

/** What happens on the way, and how long a program may take to end. */
export interface StopListener {
  /** Seconds until the program of a container is killed. Default: the container's own, mostly 10. */
  readonly seconds?: number | undefined;
  /** Told before a container is stopped. */
  readonly onStop?: ((holder: ContainerHolder, target: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** States without a program. */
const idle = ['created', 'exited', 'dead'];

/** Stops a container of the engine that was asked, unless something would start it again at once. @throws PortplanError */
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
    // Podman says yes to the stop of what does not run.
    return { target, state: stopped && !idle.includes(state) ? 'stopped' : 'not-running', holder };
  } catch (error) {
    if (signal?.aborted) throw withHint(signal.reason, `the engine may still stop ${holder.name}`);
    if (!(error instanceof EngineApiError)) throw error;
    // Gone meanwhile, as one that the engine removes by itself.
    if (isMissing(error)) return { target, state: 'not-running', holder };
    return { target, state: 'failed', holder, message: error.message };
  }
}

function swarmRemedy({ Config }: ContainerInspect, { command }: Engine): Remedy | undefined {
  const service = Config?.Labels?.['com.docker.swarm.service.name'];
  return service === undefined
    ? undefined
    : {
        text: 'it is a task of a swarm service, which would start another one',
        command: `${command} service scale ${shellQuote(`${service}=0`)}`,
      };
}
