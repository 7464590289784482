/** Work that is done while others are waited for. */
export interface DeferredTask {
  /** Begins it, unless it has begun: what was sent by now goes out first. */
  start(): void;
  /** Waits for its end. @throws what the work threw */
  join(): Promise<void>;
}

/** Holds work back until there is something to wait for, or until its end is asked for. */
export function deferTask(work: () => Promise<unknown> = async () => {}): DeferredTask {
  let begun: Promise<unknown> | undefined;
  return {
    start: () => {
      begun ??= nextTurns().then(work);
      // Whoever waits for the end gets the error.
      begun.catch(() => {});
    },
    join: async () => {
      begun ??= work();
      await begun;
    },
  };
}

/** Two turns of the event loop: in the first a connection is made, in the second something is written to it. */
async function nextTurns(): Promise<void> {
  for (let turn = 0; turn < 2; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
