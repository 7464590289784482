/** How long an engine that was asked may still answer when nobody wants the answer any more; milliseconds. */
const graceMs = 3000;

/** A signal that follows another one after a while. */
export interface DelayedSignal {
  readonly signal: AbortSignal;
  /** Must be called in the end. */
  clear(): void;
}

/**
 * For calls that an engine goes on with although nobody waits for them: who still hears the answer knows what there is to
 * take back.
 */
export function delayAbort(outer: AbortSignal | undefined): DelayedSignal {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const onAbort = () => {
    timer = setTimeout(() => controller.abort(outer?.reason), graceMs);
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
