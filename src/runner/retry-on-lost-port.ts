import { setTimeout as sleep } from 'node:timers/promises';
import { EngineApiError } from '../engine/client/error.ts';
import { startExitCode } from '../engine/containers/start-exit-code.ts';
import { messageOf, PortplanError } from '../errors.ts';
import type { Assignment } from '../model/findings/plan.ts';
import { isLostPort } from '../model/findings/port-error.ts';
import type { Endpoint } from '../model/host/binding.ts';
import { type PortRange, toPort } from '../model/ports/port.ts';
import { parsePortErrors } from '../port-errors/parse.ts';
import { type OnRollback, withRollback } from './rollback.ts';

/** Maximum number of starts, the first one included: of a container, and of a project through Compose (slower). */
export const maxAttempts = { container: 25, project: 10 } as const;

/** Upper bound of the random pause before attempt n + 1, times n; ms. */
const maxPauseMs = 50;

/** Size of the random range above each lost port that {@link jitterRanges} avoids, in ports. */
const maxJitterPorts = 8;

/** The ports of one attempt. */
export interface PortPlan {
  readonly assignments: readonly Assignment[];
}

/** How to plan again when another program takes a port between plan and start. */
export interface RetryRequest<Plan extends PortPlan = PortPlan> {
  /** The plan of the first attempt. */
  readonly firstPlan: Plan;
  /**
   * Plans on the host as it is now, without the endpoints that earlier attempts lost. A scan may not show who holds them.
   * @throws PortplanError `no-free-port`
   */
  readonly plan: (unavailable: readonly Endpoint[]) => Promise<Plan>;
  /** Called after each new plan, with the lost ports and those that replace them. */
  readonly onLost?:
    | ((lost: readonly Assignment[], replacements: readonly Assignment[]) => void)
    | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** One kind of start that can lose a port. */
export interface RetrySteps<Plan extends PortPlan, Outcome> {
  readonly maxAttempts: number;
  readonly start: (plan: Plan) => Promise<Outcome>;
  /** The assignments that another program holds; empty when the start succeeded or failed for another reason. */
  readonly findLost: (outcome: Outcome, plan: Plan) => Promise<readonly Assignment[]>;
}

/** The last attempt. */
export interface RetryResult<Plan extends PortPlan, Outcome> {
  readonly plan: Plan;
  readonly outcome: Outcome;
  /** Number of starts, from 1. */
  readonly attempts: number;
}

/**
 * Starts on planned ports. While a start loses ports to another program, plans and starts again, at most `maxAttempts`
 * times. The only such loop, for `run`, `start --remap` and `up`.
 * @returns the last attempt, which may have failed
 * @throws the reason of `signal`, and the errors of plan and start
 */
export async function retryOnLostPort<Plan extends PortPlan, Outcome>(
  { firstPlan, plan: planAgain, onLost, signal }: RetryRequest<Plan>,
  { maxAttempts: limit, start, findLost }: RetrySteps<Plan, Outcome>,
): Promise<RetryResult<Plan, Outcome>> {
  const unavailable: Endpoint[] = [];
  let plan = firstPlan;
  for (let attempts = 1; ; attempts += 1) {
    signal?.throwIfAborted();
    const outcome = await start(plan);
    const lost = attempts === limit ? [] : await findLost(outcome, plan);
    if (lost.length === 0) return { plan, outcome, attempts };
    unavailable.push(...lost.map(toEndpoint));
    // Without a random pause, commands that start at once would meet again at the next port.
    await sleep(Math.random() * maxPauseMs * attempts, undefined, { signal }).catch(() => {});
    const next = await planAgain(unavailable);
    const before = new Set(plan.assignments.map(({ port }) => port));
    onLost?.(
      lost,
      next.assignments.filter(({ port }) => !before.has(port)),
    );
    plan = next;
  }
}

/**
 * Port ranges to avoid in the next plan: from each lost port up to {@link maxJitterPorts} - 1 ports above it, at random.
 * Otherwise twenty commands that start at once would all choose the next port.
 */
export function jitterRanges(lost: readonly Endpoint[]): readonly PortRange[] {
  return lost.map(({ port }) => ({
    first: toPort(port),
    last: toPort(Math.min(65_535, port + Math.floor(Math.random() * maxJitterPorts))),
  }));
}

/** Returns the message for {@link RetryRequest.onLost}: `port 8080 was taken in the meantime; trying 8081`. */
export function describeLoss(
  lost: readonly Assignment[],
  replacements: readonly Assignment[],
): string {
  const portsOf = (assignments: readonly Assignment[]) =>
    assignments.map(({ port }) => port).join(', ');
  return `port ${portsOf(lost)} was taken in the meantime; trying ${portsOf(replacements)}`;
}

/** A container that runs on its ports. */
export interface StartedContainer {
  readonly id: string;
  readonly assignments: readonly Assignment[];
}

/** Creates and starts a container on these ports, and returns its id. */
export type CreateAndStart = (
  assignments: readonly Assignment[],
  onRollback: OnRollback,
) => Promise<string>;

/** A started container, or the engine's error after a complete rollback. */
type ContainerOutcome =
  | { readonly kind: 'started'; readonly id: string }
  | { readonly kind: 'failed'; readonly error: EngineApiError };

/**
 * Creates and starts a container. Rolls back each failed attempt, and retries it when the engine says that a port is taken.
 * @throws PortplanError `start-failed` with docker's exit code, and the errors of plan and rollback
 */
export async function startContainerWithRetry(
  request: RetryRequest,
  createAndStart: CreateAndStart,
): Promise<StartedContainer> {
  const { plan, outcome, attempts } = await retryOnLostPort<PortPlan, ContainerOutcome>(request, {
    maxAttempts: maxAttempts.container,
    start: ({ assignments }) => attemptStart(assignments, createAndStart),
    findLost: async (tried, { assignments }) =>
      tried.kind === 'failed' ? lostPortsIn(tried.error, assignments) : [],
  });
  if (outcome.kind === 'failed') throw toStartError(outcome.error, attempts);
  return { id: outcome.id, assignments: plan.assignments };
}

async function attemptStart(
  assignments: readonly Assignment[],
  createAndStart: CreateAndStart,
): Promise<ContainerOutcome> {
  try {
    const id = await withRollback((onRollback) => createAndStart(assignments, onRollback));
    return { kind: 'started', id };
  } catch (error) {
    if (!(error instanceof EngineApiError)) throw error;
    return { kind: 'failed', error };
  }
}

/** The assignments that an engine error says are taken; all of them when it names no port. */
function lostPortsIn(
  error: EngineApiError,
  assignments: readonly Assignment[],
): readonly Assignment[] {
  const [portError] = parsePortErrors(error.message);
  if (portError === undefined || !isLostPort(portError)) return [];
  return assignments.filter(({ port }) => portError.port === undefined || port === portError.port);
}

function toEndpoint({ publish: { protocol }, address, port }: Assignment): Endpoint {
  return { address, port, protocol };
}

function toStartError(error: EngineApiError, attempts: number): PortplanError {
  const suffix = attempts > 1 ? ` after ${attempts} attempts` : '';
  const exitCode = startExitCode(error.message);
  return new PortplanError(
    'start-failed',
    `cannot start the container${suffix}: ${messageOf(error)}`,
    { cause: error, ...(exitCode !== undefined && { exitCode }) },
  );
}
