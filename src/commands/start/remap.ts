import type { ContainerInspect } from '../../engine/client/api-types.ts';
import { EngineApiError } from '../../engine/client/error.ts';
import { listContainers } from '../../engine/containers/list.ts';
import type { Engine } from '../../engine/open-engine.ts';
import { PortplanError } from '../../errors.ts';
import type { Conflict } from '../../model/findings/conflict.ts';
import { describeConflict } from '../../model/findings/describe-conflict.ts';
import type { Endpoint } from '../../model/host/binding.ts';
import { withTaken } from '../../model/host/host-state.ts';
import { shellQuote } from '../../model/text/safe-text.ts';
import { stripLeadingSlash } from '../../runner/remap/names.ts';
import { type RemappedContainer, remapContainer } from '../../runner/remap/remap-container.ts';
import { describeLoss, jitterRanges, type PortPlan } from '../../runner/retry-on-lost-port.ts';
import { toOutcome } from './outcome.ts';
import { planRemap, remapObstacle } from './plan-remap.ts';
import { findPortConflicts, scanForContainer } from './port-conflicts.ts';
import type { PortCheck, StartContainerRequest, StartOutcome } from './types.ts';

/**
 * Recreates a container on free ports, unless that would lose something.
 * @param check why it cannot start on its own ports
 * @throws PortplanError the engine's errors that concern all containers
 */
export async function remapContainerPorts(
  request: StartContainerRequest,
  { scanned, conflicts }: PortCheck,
): Promise<StartOutcome> {
  const { engine, container, planning } = request;
  const listed = await listContainers(engine, { all: true });
  const ids = listed.flatMap(({ holder }) => holder.id ?? []);
  const obstacle = await remapObstacle(engine, container, ids);
  if (obstacle !== undefined) {
    const message = `cannot recreate the container: ${obstacle}`;
    return toOutcome(request, { state: 'conflict', conflicts, message }, { scanned });
  }
  const publishes = request.published.map(({ publish }) => publish);
  const plan = await planRemap({ scanned, container, publishes, conflicts, planning });
  if (plan.conflicts.length > 0)
    return toOutcome(request, { state: 'conflict', conflicts: plan.conflicts }, { scanned });
  try {
    const remapped = await remapTo(request, plan, conflicts);
    return await toRemappedOutcome(request, remapped, scanned);
  } catch (error) {
    if (!concernsContainer(error)) throw error;
    const { message, hint } = error;
    return toOutcome(request, { state: 'failed', conflicts, message, hint }, { scanned });
  }
}

/** Whether an error concerns this container only; an engine that is away concerns all of them. */
function concernsContainer(error: unknown): error is PortplanError {
  const codes = ['start-failed', 'no-free-port'];
  return (
    error instanceof EngineApiError ||
    (error instanceof PortplanError && codes.includes(error.code))
  );
}

function remapTo(
  request: StartContainerRequest,
  firstPlan: PortPlan,
  conflicts: readonly Conflict[],
): Promise<RemappedContainer> {
  const { engine, container, published, onStep, signal } = request;
  return remapContainer({
    ...{ engine, container, published, signal, firstPlan },
    plan: (unavailable) => planRemapAgain(request, conflicts, unavailable),
    onCopy: () => onStep?.(`copying the files of ${stripLeadingSlash(container.Name)}`),
    onLost: (lost, replacements) => onStep?.(describeLoss(lost, replacements)),
  });
}

/** Plans on the host as it is now, without the endpoints that were lost. @throws PortplanError `no-free-port` */
async function planRemapAgain(
  request: StartContainerRequest,
  earlier: readonly Conflict[],
  unavailable: readonly Endpoint[],
): Promise<PortPlan> {
  const { container, published, planning } = request;
  const publishes = published.map(({ publish }) => publish);
  const now = await scanForContainer(request);
  const scanned = { ...now, state: withTaken(now.state, unavailable) };
  const conflicts = [...earlier, ...(await findPortConflicts({ container, publishes }, scanned))];
  const avoid = [...(planning.avoid ?? []), ...jitterRanges(unavailable)];
  const plan = await planRemap({
    ...{ scanned, container, publishes, conflicts },
    planning: { ...planning, avoid },
  });
  const [failed] = plan.conflicts;
  if (failed === undefined) return plan;
  throw new PortplanError('no-free-port', describeConflict(failed), { reason: failed.code });
}

function toRemappedOutcome(
  request: StartContainerRequest,
  { id, assignments, image, leftover }: RemappedContainer,
  scanned: PortCheck['scanned'],
): Promise<StartOutcome> {
  const { engine, container } = request;
  const moved = assignments.filter(({ choice }) => choice !== 'as-requested');
  const notes = [...leftoverNotes(leftover, engine), ...composeNotes(container)];
  return toOutcome(request, { state: 'remapped', moved, image }, { id, scanned, notes });
}

function leftoverNotes(leftover: string | undefined, { command }: Engine): readonly string[] {
  return leftover === undefined
    ? []
    : [
        `the old container remains as ${leftover}; remove it with ${command} rm ${shellQuote(leftover)}`,
      ];
}

/** Compose treats the container as its own (seen with 2.40: `up` keeps it, `up --force-recreate` replaces it). */
function composeNotes({ Config }: ContainerInspect): readonly string[] {
  const service = Config?.Labels?.['com.docker.compose.service'];
  if (service === undefined) return [];
  return [
    `when docker compose recreates ${service}, it returns to its old port; keep the new one with portplan plan --write override`,
  ];
}
