import { setTimeout as sleep } from 'node:timers/promises';
import { EngineApiError } from '../engine/client/error.ts';
import { asPortplanError, messageOf, PortplanError } from '../errors.ts';

/** Undoes one step of a change. `undo` must also work when the step was never done, or was done without a response. */
export interface RollbackStep {
  /** What remains when `undo` fails: "the container is named web-portplan-old-1f3a". */
  readonly leftover: string;
  /** The command that does it by hand. */
  readonly hint: string;
  readonly undo: () => Promise<unknown>;
}

/** Registers how to undo a step; called before the step is done. */
export type OnRollback = (step: RollbackStep) => void;

/** How long a rollback waits for an engine that does not answer; ms. */
const maxWaitMs = 15_000;
const pauseMs = 300;

/**
 * Runs work in steps that can be undone. When the work fails, undoes all registered steps, the last one first. A signal
 * does not stop the rollback, and it waits up to 15 s for an engine that restarts meanwhile.
 * @throws the error of the work; when a step could not be undone, a PortplanError that also names what remains
 */
export async function withRollback<T>(work: (onRollback: OnRollback) => Promise<T>): Promise<T> {
  const steps: RollbackStep[] = [];
  try {
    return await work((step) => steps.unshift(step));
  } catch (error) {
    // A rollback inside this one has waited for the engine already.
    const failed = await undoAll(steps, error instanceof RollbackError ? 0 : maxWaitMs);
    throw failed.length === 0 ? error : toRollbackError(error, failed);
  }
}

/** The steps that could not be undone, those of nested rollbacks included. */
class RollbackError extends PortplanError {
  readonly failed: readonly RollbackStep[];

  constructor(error: PortplanError, failed: readonly RollbackStep[]) {
    const { code, exitCode } = error;
    const leftovers = failed.map((step) => step.leftover).join(', and ');
    super(code, `${messageOf(error)}; the rollback is incomplete: ${leftovers}`, {
      hint: `when the engine answers again: ${failed.map(({ hint }) => hint).join('; ')}`,
      cause: error,
      exitCode,
    });
    this.failed = failed;
  }
}

/**
 * Undoes all steps, the ones after a failed step too.
 * @param waitMs how long to wait for an engine that does not answer, for all steps together
 * @returns the steps that could not be undone
 */
async function undoAll(
  steps: readonly RollbackStep[],
  waitMs: number,
): Promise<readonly RollbackStep[]> {
  const deadline = Date.now() + waitMs;
  const failed: RollbackStep[] = [];
  for (const step of steps) {
    if (!(await undoWithRetry(step, deadline))) failed.push(step);
  }
  return failed;
}

async function undoWithRetry({ undo }: RollbackStep, deadline: number): Promise<boolean> {
  const result = await retryWhileEngineAway(undo, deadline).catch(asPortplanError);
  return !(result instanceof PortplanError);
}

/**
 * Repeats a call every 300 ms while the engine does not answer or answers with HTTP 5xx, by default for 15 s.
 * @param deadline as `Date.now()`; ms
 * @throws PortplanError the last error
 */
export async function retryWhileEngineAway(
  work: () => Promise<unknown>,
  deadline: number = Date.now() + maxWaitMs,
): Promise<void> {
  while (true) {
    try {
      await work();
      return;
    } catch (error) {
      const isFinal = error instanceof EngineApiError && error.status < 500;
      const canRetry = error instanceof PortplanError && !isFinal;
      if (!canRetry || Date.now() + pauseMs > deadline) throw error;
      await sleep(pauseMs);
    }
  }
}

function toRollbackError(error: unknown, failed: readonly RollbackStep[]): RollbackError {
  if (error instanceof RollbackError && error.cause instanceof PortplanError)
    return new RollbackError(error.cause, [...error.failed, ...failed]);
  return new RollbackError(
    error instanceof PortplanError
      ? error
      : new PortplanError('engine-failed', messageOf(error), { cause: error }),
    failed,
  );
}
