import type { Engine } from '../open-engine.ts';

/** How long work may make no progress before the engine has to answer a ping. */
const maxSilenceMs = 5000;

/**
 * Returns the result of work that may legitimately take long (a pull, a start on a busy host), but detects an engine that
 * hangs: after 5000 ms without a call of `onProgress`, the engine has to answer a ping.
 * @throws PortplanError `engine-timeout` if it does not, and every error of `work`
 */
export async function withLivenessCheck<T>(
  engine: Engine,
  signal: AbortSignal,
  work: (onProgress: () => void) => Promise<T>,
): Promise<T> {
  let lastProgress = Date.now();
  const ended = new AbortController();
  const watch = async (): Promise<never> => {
    while (true) {
      await pause(
        Math.max(100, maxSilenceMs - (Date.now() - lastProgress)),
        AbortSignal.any([signal, ended.signal]),
      );
      if (ended.signal.aborted || signal.aborted) return await new Promise<never>(() => {});
      if (Date.now() - lastProgress < maxSilenceMs) continue;
      await engine.client.ping();
      lastProgress = Date.now();
    }
  };
  try {
    return await Promise.race([
      work(() => {
        lastProgress = Date.now();
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
