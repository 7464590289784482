/** How long to wait for a response after the caller aborted, to know what to clean up. */
const abortDelayMs = 3000;

/** A signal that aborts some time after another one. */
export interface DelayedSignal {
  readonly signal: AbortSignal;
  /** Stops the timer. Call it when the call has ended. */
  clear(): void;
}

/**
 * Returns a signal that aborts 3000 ms after `outer`, with the same reason. For calls that an engine completes even when
 * the connection is closed: the response names what has to be cleaned up.
 */
export function delayAbort(outer: AbortSignal | undefined): DelayedSignal {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const onAbort = () => {
    timer = setTimeout(() => controller.abort(outer?.reason), abortDelayMs);
  };
  if (outer?.aborted) onAbort();
  outer?.addEventListener('abort', onAbort, { once: true });
  return {
    signal: controller.signal,
    clear: () => {
      clearTimeout(timer);
      outer?.removeEventListener('abort', onAbort);
    },
  };
}
