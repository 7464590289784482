import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine } from '../../engine/open-engine.ts';
import { PortplanError } from '../../errors.ts';
import { type ComposeCall, runCompose } from './run-compose.ts';

/** How often the engine must show that it lives; milliseconds. */
const beatMs = 5000;

/**
 * Runs Docker Compose, which waits for ever for an engine that hangs: then it is ended.
 * @returns its exit code
 * @throws PortplanError `engine-timeout`, and what `runCompose` throws
 */
export async function runComposeWhileEngineAlive(
  engine: Engine,
  call: ComposeCall,
): Promise<number> {
  const stop = new AbortController();
  const ended = new AbortController();
  const running = runCompose({ ...call, stop: stop.signal });
  const hung = findHung(engine, ended.signal);
  try {
    const first = await Promise.race([running, hung]);
    if (!(first instanceof PortplanError)) return first;
    stop.abort();
    await running;
    throw first;
  } finally {
    ended.abort();
  }
}

/** Resolves with the error of an engine that does not answer; one that cannot be reached Compose finds itself. */
async function findHung(engine: Engine, ended: AbortSignal): Promise<PortplanError> {
  while (true) {
    await sleep(beatMs, undefined, { signal: ended, ref: false }).catch(() => {});
    if (ended.aborted) return await new Promise<never>(() => {});
    const error = await engine.client.ping('answer').then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (error instanceof PortplanError && error.code === 'engine-timeout') return error;
  }
}
