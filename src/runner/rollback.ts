import { setTimeout as sleep } from 'node:timers/promises';
import { EngineApiError } from '../engine/client/error.ts';
import { messageOf, PortplanError } from '../errors.ts';

/** Takes back one step of a change. It may be called although the step was never made, or was made and not confirmed. */
export interface RollbackStep {
  /** What is left when it fails: "the container is called web-portplan-old-1f3a". */
  readonly leftover: string;
  /** The command that does it by hand. */
  readonly hint: string;
  readonly undo: () => Promise<unknown>;
}

/** How long an engine that is away is waited for, to undo a step; milliseconds. */
const patienceMs = 15_000;
const pauseMs = 300;

/**
 * Does work in steps that can be taken back. `before` is told of each step before it is made; when the work fails, all of
 * them are taken back, the last one first. Nothing stops that, and an engine that starts again meanwhile is waited for.
 * @throws what the work throws; where a step could not be taken back, a PortplanError that also tells what is left
 */
export async function withRollback<T>(
  work: (before: (step: RollbackStep) => void) => Promise<T>,
): Promise<T> {
  const steps: RollbackStep[] = [];
  try {
    return await work((step) => steps.unshift(step));
  } catch (error) {
    const left = await undoAll(steps, error instanceof RollbackError ? 0 : patienceMs);
    throw left.length === 0 ? error : toRollbackError(error, left);
  }
}

/** What could not be undone, by one work inside another too. */
class RollbackError extends PortplanError {
  readonly left: readonly RollbackStep[];

  constructor(error: PortplanError, left: readonly RollbackStep[]) {
    const { code, exitCode } = error;
    const what = left.map((step) => step.leftover).join(', and ');
    super(code, `${messageOf(error)}; not all of it could be undone: ${what}`, {
      hint: `when the engine answers again: ${left.map(({ hint }) => hint).join('; ')}`,
      cause: error,
      exitCode,
    });
    this.left = left;
  }
}

/** @param waitMs how long an engine that is away is waited for: once is enough */
async function undoAll(
  steps: readonly RollbackStep[],
  waitMs: number,
): Promise<readonly RollbackStep[]> {
  const deadline = Date.now() + waitMs;
  const left: RollbackStep[] = [];
  for (const step of steps) {
    if (!(await undoWithRetry(step, deadline))) left.push(step);
  }
  return left;
}

async function undoWithRetry({ undo }: RollbackStep, deadline: number): Promise<boolean> {
  try {
    await retryWhileEngineAway(undo, deadline);
    return true;
  } catch (error) {
    if (error instanceof PortplanError) return false;
    throw error;
  }
}

/** Repeats a call that only needs an engine: one that starts again meanwhile is waited for. @throws PortplanError */
export async function retryWhileEngineAway(
  work: () => Promise<unknown>,
  deadline: number = Date.now() + patienceMs,
): Promise<void> {
  while (true) {
    try {
      await work();
      return;
    } catch (error) {
      const final = error instanceof EngineApiError && error.status < 500;
      const expected = error instanceof PortplanError && !final;
      if (!expected || Date.now() + pauseMs > deadline) throw error;
      await sleep(pauseMs);
    }
  }
}

function toRollbackError(error: unknown, left: readonly RollbackStep[]): RollbackError {
  if (error instanceof RollbackError && error.cause instanceof PortplanError)
    return new RollbackError(error.cause, [...error.left, ...left]);
  return new RollbackError(
    error instanceof PortplanError
      ? error
      : new PortplanError('engine-failed', messageOf(error), { cause: error }),
    left,
  );
}
