/** Work that runs while the caller waits for something else. */
export interface DeferredTask {
  /** Starts the work unless it has started. Requests that were already sent go out first. */
  start(): void;
  /** Waits for the end of the work, and starts it if needed. Rejects with the error of the work. */
  join(): Promise<void>;
}

/** Returns a task that runs `work` once, on `start()` or `join()`. */
export function deferTask(work: () => Promise<unknown> = async () => {}): DeferredTask {
  let started: Promise<unknown> | undefined;
  return {
    start: () => {
      started ??= nextTurns().then(work);
      // `join()` reports the error.
      started.catch(() => {});
    },
    join: async () => {
      started ??= work();
      await started;
    },
  };
}

/** Waits two turns of the event loop: the first one connects a socket, the second one writes to it. */
async function nextTurns(): Promise<void> {
  for (let turn = 0; turn < 2; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
