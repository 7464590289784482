import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine } from '../../engine/open-engine.ts';
import { PortplanError } from '../../errors.ts';
import { type ComposeCall, runCompose } from './run-compose.ts';

/** Time between liveness checks of the engine; ms. */
const pingIntervalMs = 5000;

/**
 * Runs Docker Compose, and stops it when the engine hangs: Compose itself would wait forever.
 * @returns its exit code
 * @throws PortplanError `engine-timeout`, and the errors of `runCompose`
 */
export async function runComposeWhileEngineAlive(
  engine: Engine,
  call: ComposeCall,
): Promise<number> {
  const stop = new AbortController();
  const ended = new AbortController();
  const running = runCompose({ ...call, stop: stop.signal });
  const hung = waitUntilHung(engine, ended.signal);
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

/** Resolves with the timeout error of an engine that hangs. Compose itself detects an engine that refuses connections. */
async function waitUntilHung(engine: Engine, ended: AbortSignal): Promise<PortplanError> {
  while (true) {
    await sleep(pingIntervalMs, undefined, { signal: ended, ref: false }).catch(() => {});
    if (ended.aborted) return await new Promise<never>(() => {});
    const error = await engine.client.ping().then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (error instanceof PortplanError && error.code === 'engine-timeout') return error;
  }
}
