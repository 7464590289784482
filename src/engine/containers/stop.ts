import { EngineApiError } from '../client/error.ts';
import { withLivenessCheck } from '../client/liveness.ts';
import type { Engine } from '../open-engine.ts';

export interface StopRequest {
  /** Seconds until the program is killed. Default: the container's own, mostly 10. */
  readonly seconds?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Stops a container, as `docker stop`; tells whether it was running. An engine that was asked stops it in the end, also
 * when the answer is not waited for.
 * @throws PortplanError, EngineRefusal with the engine's words
 */
export async function stopContainer(
  engine: Engine,
  id: string,
  { seconds, signal }: StopRequest = {},
): Promise<boolean> {
  try {
    await engine.client.call(
      'stop the container',
      (docker, abortSignal) =>
        withLivenessCheck(engine, abortSignal, () =>
          docker
            .getContainer(id)
            .stop({ ...(seconds !== undefined && { t: seconds }), abortSignal }),
        ),
      { timeoutMs: Number.POSITIVE_INFINITY, signal },
    );
    return true;
  } catch (error) {
    if (error instanceof EngineApiError && error.status === 304) return false;
    throw error;
  }
}
