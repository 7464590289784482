import { EngineApiError } from '../client/error.ts';
import { withLivenessCheck } from '../client/liveness.ts';
import type { Engine } from '../open-engine.ts';

export interface StopRequest {
  /** Seconds until the program is killed (default: the setting of the container, usually 10). */
  readonly seconds?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Stops a container as `docker stop` does, and returns whether it was running. The engine also stops it when the client
 * disconnects.
 * @throws PortplanError; EngineApiError with the engine's message
 */
export async function stopContainer(
  engine: Engine,
  id: string,
  { seconds, signal }: StopRequest = {},
): Promise<boolean> {
  try {
    await engine.client.call(
      'stopping the container',
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
