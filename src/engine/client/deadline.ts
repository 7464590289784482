/** What bounds a call. */
interface DeadlineOptions {
  /** Milliseconds; Infinity for none. */
  readonly limitMs: number;
  /** Gives the call up from outside; its reason is the error. */
  readonly outer?: AbortSignal | undefined;
  readonly toError: () => Error;
  /** Asks whether the other side lives; when it does, the call has its time again. */
  readonly isAlive?: ((signal: AbortSignal) => Promise<unknown>) | undefined;
}

/** The bound of one call. */
export interface Deadline {
  /** Aborts when the time is up, or somebody gives the call up. */
  readonly signal: AbortSignal;
  /** Rejects at the same moment. */
  readonly failure: Promise<never>;
  /** The error of the bound, once it has struck. */
  reason(): unknown;
  abort(): void;
  /** Must be called in the end. */
  clear(): void;
}

/** How often a call has its time again. */
const maxExtensions = 5;

/** Starts the clock of a call. */
export function createDeadline({ limitMs, outer, toError, isAlive }: DeadlineOptions): Deadline {
  const controller = new AbortController();
  const asking = new AbortController();
  const { promise: failure, reject } = createRejection();
  let reason: unknown;
  let timers: readonly NodeJS.Timeout[] = [];
  let extensions = isAlive === undefined ? 0 : maxExtensions;

  const giveUp = (error: unknown) => {
    reason = error;
    controller.abort();
    reject(error);
  };
  // Asked half-way, so that a call to a dead engine ends in its time and not after it.
  const arm = () => {
    let alive = false;
    const ask = () => {
      isAlive?.(asking.signal).then(
        () => {
          alive = true;
        },
        () => undefined,
      );
    };
    const end = () => {
      extensions -= 1;
      if (alive && extensions >= 0) arm();
      else giveUp(toError());
    };
    timers = [setTimeout(ask, limitMs / 2), setTimeout(end, limitMs)];
  };
  const onAbort = () => giveUp(outer?.reason);

  if (Number.isFinite(limitMs)) arm();
  if (outer?.aborted) onAbort();
  outer?.addEventListener('abort', onAbort, { once: true });
  return {
    signal: controller.signal,
    failure,
    reason: () => reason,
    abort: () => controller.abort(),
    clear: () => {
      timers.forEach(clearTimeout);
      asking.abort();
      outer?.removeEventListener('abort', onAbort);
    },
  };
}

/** A promise that may be rejected, and that nobody has to listen to. */
function createRejection() {
  let reject: (error: unknown) => void = () => {};
  const promise = new Promise<never>((_resolve, refuse) => {
    reject = refuse;
  });
  promise.catch(() => {});
  return { promise, reject };
}
