/** Work that is done while others are waited for. */
export interface Meanwhile {
  /** Begins it, unless it has begun: what was sent by now goes out first. */
  begin(): void;
  /** Waits for its end. @throws what the work threw */
  end(): Promise<void>;
}

/** Holds work back until there is something to wait for, or until its end is asked for. */
export function createMeanwhile(work: () => Promise<unknown> = async () => {}): Meanwhile {
  let begun: Promise<unknown> | undefined;
  return {
    begin: () => {
      begun ??= nextTurns().then(work);
      // Whoever waits for the end gets the error.
      begun.catch(() => {});
    },
    end: async () => {
      begun ??= work();
      await begun;
    },
  };
}

/** Two turns of the event loop: in the first a connection is made, in the second something is written to it. */
async function nextTurns(): Promise<void> {
  for (let turn = 0; turn < 2; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
