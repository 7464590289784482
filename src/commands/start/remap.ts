import type { ContainerInspect } from '../../engine/client/api-types.ts';
import { EngineApiError } from '../../engine/client/error.ts';
import { listContainers } from '../../engine/containers/list.ts';
import type { Engine } from '../../engine/open-engine.ts';
import { PortplanError } from '../../errors.ts';
import type { Conflict } from '../../model/findings/conflict.ts';
import { describeConflict } from '../../model/findings/describe-conflict.ts';
import type { Assignment } from '../../model/findings/plan.ts';
import type { StartedItem } from '../../model/findings/report.ts';
import { shellQuote } from '../../model/text/safe-text.ts';
import type { ContainerPublish } from '../../runner/container-publishes.ts';
import { stripLeadingSlash } from '../../runner/remap/names.ts';
import { type RemappedContainer, remapContainer } from '../../runner/remap/remap-container.ts';
import type { ScanResult } from '../../scanner/scan.ts';
import { jitterRanges, withUnavailable } from '../../workflows/plans/lost-ports.ts';
import { type StartOutcome, toOutcome } from './outcome.ts';
import { planRemap, remapObstacle } from './plan-remap.ts';
import { findPortConflicts } from './port-conflicts.ts';
import type { StartContainerRequest } from './start-container.ts';

export interface RemapPortsRequest extends Omit<StartContainerRequest, 'host'> {
  readonly host: ScanResult;
  readonly published: readonly ContainerPublish[];
  /** What keeps it from its own ports. */
  readonly conflicts: readonly Conflict[];
  /** The host as it is by now. */
  readonly rescan: () => Promise<ScanResult>;
}

/** Makes a container anew on free ports, where that can be done without a loss. @throws PortplanError */
export async function remapContainerPorts(request: RemapPortsRequest): Promise<StartOutcome> {
  const { engine, container, host, conflicts, planning } = request;
  const listed = await listContainers(engine, { all: true });
  const ids = listed.flatMap(({ holder }) => holder.id ?? []);
  const why = await remapObstacle(engine, container, ids);
  if (why !== undefined)
    return toOutcomeNote(request, {
      state: 'conflict',
      conflicts,
      message: `it is not made anew: ${why}`,
    });
  const publishes = request.published.map(({ publish }) => publish);
  const plan = await planRemap({ host, container, publishes, blocked: conflicts, planning });
  if (plan.conflicts.length > 0)
    return toOutcomeNote(request, { state: 'conflict', conflicts: plan.conflicts });
  try {
    return await toRemappedOutcome(request, await remapTo(request, plan.assignments));
  } catch (error) {
    if (!isOwnFault(error)) throw error;
    const { message, hint } = error;
    return toOutcomeNote(request, { state: 'failed', conflicts, message, hint });
  }
}

/** Whether it is about this container: an engine that is away is away for all. */
function isOwnFault(error: unknown): error is PortplanError {
  const codes = ['start-failed', 'no-free-port'];
  return (
    error instanceof EngineApiError ||
    (error instanceof PortplanError && codes.includes(error.code))
  );
}

function remapTo(
  request: RemapPortsRequest,
  assignments: readonly Assignment[],
): Promise<RemappedContainer> {
  const { engine, container, published, onStep, signal } = request;
  return remapContainer({
    ...{ engine, container, published, assignments, signal },
    replan: (lost) => replan(request, lost),
    onCopy: () => onStep?.(`copying the files of ${stripLeadingSlash(container.Name)}`),
    onLost: (lost, next) =>
      onStep?.(`port ${portsOf(lost)} was taken in the meantime; trying ${portsOf(next)}`),
  });
}

async function replan(
  { container, published, conflicts, planning, rescan }: RemapPortsRequest,
  lost: readonly Assignment[],
): Promise<readonly Assignment[]> {
  const publishes = published.map(({ publish }) => publish);
  const host = withUnavailable(await rescan(), lost);
  const blocked = [...conflicts, ...(await findPortConflicts({ container, publishes }, host))];
  const avoid = [...(planning.avoid ?? []), ...jitterRanges(lost)];
  const plan = await planRemap({
    ...{ host, container, publishes, blocked },
    planning: { ...planning, avoid },
  });
  const [failed] = plan.conflicts;
  if (failed === undefined) return plan.assignments;
  throw new PortplanError('no-free-port', describeConflict(failed), { reason: failed.code });
}

function toOutcomeNote(
  { engine, container, publishHost, host }: RemapPortsRequest,
  result: Pick<StartedItem, 'state'> & Partial<StartedItem>,
): Promise<StartOutcome> {
  const name = stripLeadingSlash(container.Name);
  return toOutcome({ engine, id: container.Id, name, publishHost, host }, result);
}

function toRemappedOutcome(
  { engine, container, publishHost, host }: RemapPortsRequest,
  { id, assignments, image, left }: RemappedContainer,
): Promise<StartOutcome> {
  const moved = assignments.filter(({ choice }) => choice !== 'as-requested');
  const notes = [...leftNotes(left, engine), ...composeNotes(container)];
  const name = stripLeadingSlash(container.Name);
  return toOutcome(
    { engine, id, name, publishHost, host, notes },
    { state: 'remapped', moved, image },
  );
}

function portsOf(assignments: readonly Assignment[]): string {
  return assignments.map(({ port }) => port).join(', ');
}

function leftNotes(left: string | undefined, { command }: Engine): readonly string[] {
  return left === undefined
    ? []
    : [`the old container is still there as ${left}; ${command} rm ${shellQuote(left)} removes it`];
}

/** Compose takes the container for its own (seen with 2.40: `up` leaves it, `up --force-recreate` does not). */
function composeNotes({ Config }: ContainerInspect): readonly string[] {
  const service = Config?.Labels?.['com.docker.compose.service'];
  if (service === undefined) return [];
  return [
    `once docker compose makes ${service} anew, it is on its old port again; portplan plan --write override keeps the new one`,
  ];
}
