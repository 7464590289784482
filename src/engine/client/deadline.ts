/** The options of `createDeadline`. */
interface DeadlineOptions {
  /** In ms; `Infinity` for no deadline. */
  readonly limitMs: number;
  /** Aborts the call; its reason becomes the error. */
  readonly outer?: AbortSignal | undefined;
  /** Creates the error for a call that exceeds its deadline. */
  readonly toError: () => Error;
  /** Liveness check; if it succeeds, the deadline is extended by `limitMs`. */
  readonly isAlive?: ((signal: AbortSignal) => Promise<unknown>) | undefined;
}

/** The deadline of one call. */
export interface Deadline {
  /** Aborts when the deadline passes, or when `outer` or `abort()` aborts the call. */
  readonly signal: AbortSignal;
  /** Rejects when the deadline passes or `outer` aborts. */
  readonly failure: Promise<never>;
  /** Returns the error that `failure` was rejected with; `undefined` before that. */
  reason(): unknown;
  abort(): void;
  /** Stops the timers. Call it when the call has ended. */
  clear(): void;
}

/** How many times a live engine's deadline is extended. */
const maxExtensions = 5;

/** Starts the deadline of a call. */
export function createDeadline({ limitMs, outer, toError, isAlive }: DeadlineOptions): Deadline {
  const controller = new AbortController();
  const liveness = new AbortController();
  const { promise: failure, reject } = createRejection();
  let reason: unknown;
  let timers: readonly NodeJS.Timeout[] = [];
  let extensions = isAlive === undefined ? 0 : maxExtensions;

  const fail = (error: unknown) => {
    reason = error;
    controller.abort();
    reject(error);
  };
  // The check starts halfway, so that a call to a dead engine ends at its deadline and not later.
  const startTimers = () => {
    let isResponding = false;
    const checkLiveness = () => {
      isAlive?.(liveness.signal).then(
        () => {
          isResponding = true;
        },
        () => undefined,
      );
    };
    const expire = () => {
      extensions -= 1;
      if (isResponding && extensions >= 0) startTimers();
      else fail(toError());
    };
    timers = [setTimeout(checkLiveness, limitMs / 2), setTimeout(expire, limitMs)];
  };
  const onAbort = () => fail(outer?.reason);

  if (Number.isFinite(limitMs)) startTimers();
  if (outer?.aborted) onAbort();
  outer?.addEventListener('abort', onAbort, { once: true });
  return {
    signal: controller.signal,
    failure,
    reason: () => reason,
    abort: () => controller.abort(),
    clear: () => {
      timers.forEach(clearTimeout);
      liveness.abort();
      outer?.removeEventListener('abort', onAbort);
    },
  };
}

/** Returns a promise and its `reject`; an unhandled rejection is ignored. */
function createRejection() {
  let reject: (error: unknown) => void = () => {};
  const promise = new Promise<never>((_resolve, rejectPromise) => {
    reject = rejectPromise;
  });
  promise.catch(() => {});
  return { promise, reject };
}
