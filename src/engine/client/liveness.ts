import type { Engine } from '../open-engine.ts';

/** How long nothing may happen before the engine is asked whether it lives; milliseconds. */
const patienceMs = 5000;

/**
 * Waits for work that may take long for good reasons (a pull, a start on a busy host), but not for an engine that hangs:
 * whenever nothing has happened for a while, the engine must answer another call.
 * @throws PortplanError `engine-timeout` when it does not
 */
export async function withLivenessCheck<T>(
  engine: Engine,
  signal: AbortSignal,
  work: (alive: () => void) => Promise<T>,
): Promise<T> {
  let last = Date.now();
  const ended = new AbortController();
  const watch = async (): Promise<never> => {
    while (true) {
      await pause(
        Math.max(100, patienceMs - (Date.now() - last)),
        AbortSignal.any([signal, ended.signal]),
      );
      if (ended.signal.aborted || signal.aborted) return await new Promise<never>(() => {});
      if (Date.now() - last < patienceMs) continue;
      await engine.client.ping('answer');
      last = Date.now();
    }
  };
  try {
    return await Promise.race([
      work(() => {
        last = Date.now();
      }),
      watch(),
    ]);
  } finally {
    ended.abort();
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
