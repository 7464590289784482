import { inspectContainer } from '../../engine/containers/inspect.ts';
import { PortplanError } from '../../errors.ts';
import type { Assignment } from '../../model/findings/plan.ts';
import type { OpenPort, RunReport } from '../../model/findings/report.ts';
import { parseRunArguments } from '../../runner/docker-flags/run-arguments.ts';
import type { StartedContainer } from '../../runner/retry-on-lost-port.ts';
import { type StartRequest, startPlanned } from '../../runner/start-planned.ts';
import { toOpenPort } from '../../workflows/findings/open-ports.ts';
import { isUnpublished, unpublishedNote } from '../../workflows/findings/unpublished-containers.ts';
import { type PreparedRun, planRunAgain, prepareRun, type RunEvents } from './prepare.ts';

/** Options of {@link run}. */
export interface RunOptions extends RunEvents {
  readonly image: string;
  readonly command?: readonly string[] | undefined;
  /** Flags as on the command line of `portplan run`: `['--name', 'web', '-p', '8080:80']`. */
  readonly flags?: readonly string[] | undefined;
}

/**
 * Starts a container in the background on planned ports. Pulls the image when it is missing.
 * @throws PortplanError after removing what it created
 */
export async function run({
  image,
  command = [],
  flags = [],
  ...listener
}: RunOptions): Promise<RunReport> {
  const request = parseRunArguments([...flags, '-d', image, ...command]);
  if (request.kind === 'help')
    throw new PortplanError(
      'invalid-usage',
      '--help is not supported here: run portplan run --help',
    );
  await using prepared = await prepareRun(request, listener);
  const started = await startPlanned({ ...startRequest(prepared), signal: listener.signal });
  return await reportRun(prepared, started);
}

/** Returns the request that starts a prepared run. */
export function startRequest(prepared: PreparedRun): StartRequest {
  const { engine, spec, assignments, request } = prepared;
  return {
    engine,
    spec,
    exposed: request.exposed,
    firstPlan: { assignments },
    plan: (unavailable) => planRunAgain(prepared, unavailable),
  };
}

/** Returns the report of a started container, with its open ports. */
export async function reportRun(
  { engine, host, notes }: PreparedRun,
  { id, assignments }: StartedContainer,
): Promise<RunReport> {
  const container = await inspectContainer(engine, id).catch(() => undefined);
  const unpublished = container !== undefined && isUnpublished(container);
  return {
    command: 'run',
    container: { id, name: container?.holder.name ?? id.slice(0, 12) },
    ports: unpublished
      ? []
      : assignments.map((assignment) => toPlannedPort(assignment, hostNameOf(host.publishHost))),
    sources: host.snapshot.sources,
    notes: unpublished
      ? [...notes, await unpublishedNote(container, 'the container', engine)]
      : notes,
  };
}

function hostNameOf(publishHost: PreparedRun['host']['publishHost']): string | undefined {
  return publishHost?.kind === 'other-host' ? publishHost.hostName : undefined;
}

/** Returns a planned port as an open one. */
export function toPlannedPort(
  { publish: { target, protocol }, address, port }: Assignment,
  hostName?: string,
): OpenPort {
  return toOpenPort({ address, port, target, protocol }, hostName);
}
