import { setTimeout as sleep } from 'node:timers/promises';
import type { EngineApiError } from '../engine/client/error.ts';
import { startExitCode } from '../engine/containers/start-exit-code.ts';
import { messageOf, PortplanError } from '../errors.ts';
import type { Assignment } from '../model/findings/plan.ts';
import { isLostPort, type PortError } from '../model/findings/port-error.ts';

/** How often a start is repeated because somebody else took a port first. */
const maxAttempts = 25;

/** A start on planned ports, and what is done when one of them is lost. */
export interface RetryRequest {
  readonly assignments: readonly Assignment[];
  /**
   * A new plan without all ports that were lost until now (every port of a plan when the engine did not say which): a
   * scan need not show who has them.
   */
  readonly replan: (lost: readonly Assignment[]) => Promise<readonly Assignment[]>;
  /** Told of each port that was lost in the race, and of those that stand in for them. */
  readonly onLost?:
    | ((lost: readonly Assignment[], next: readonly Assignment[]) => void)
    | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A container that runs on its ports. */
export interface StartedContainer {
  readonly id: string;
  readonly assignments: readonly Assignment[];
}

/** A start that the engine refused, and of which nothing is left. */
export interface FailedStart {
  /** What it says about ports, if it is about them. */
  readonly portError: PortError | undefined;
  readonly error: EngineApiError;
}

/**
 * Starts on the planned ports; when one is lost between plan and start, plans and starts again.
 * @throws PortplanError `start-failed` with docker's exit code, and what plan and start throw
 */
export async function retryOnLostPort(
  { assignments: planned, replan, onLost, signal }: RetryRequest,
  startOnce: (assignments: readonly Assignment[]) => Promise<StartedContainer | FailedStart>,
): Promise<StartedContainer> {
  let assignments = planned;
  const everLost: Assignment[] = [];
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await startOnce(assignments);
    if ('id' in outcome) return outcome;
    const { portError, error } = outcome;
    if (portError === undefined || !isLostPort(portError) || attempt === maxAttempts)
      throw toStartError(error, attempt);
    const lost = assignments.filter(
      ({ port }) => portError.port === undefined || port === portError.port,
    );
    if (lost.length === 0) throw toStartError(error, attempt);
    // Many who start at once would otherwise meet again at the next port.
    await sleep(Math.random() * 50 * attempt, undefined, { signal }).catch(() => undefined);
    everLost.push(...lost);
    const next = await replan(everLost);
    const taken = new Set(assignments.map(({ port }) => port));
    onLost?.(
      lost,
      next.filter(({ port }) => !taken.has(port)),
    );
    assignments = next;
  }
}

function toStartError(error: EngineApiError, attempts: number): PortplanError {
  const tries = attempts > 1 ? ` after ${attempts} attempts` : '';
  const code = startExitCode(error.message);
  return new PortplanError(
    'start-failed',
    `the container could not be started${tries}: ${messageOf(error)}`,
    {
      cause: error,
      ...(code !== undefined && { exitCode: code }),
    },
  );
}
