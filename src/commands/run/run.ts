import { inspectContainer } from '../../engine/containers/inspect.ts';
import { PortplanError } from '../../errors.ts';
import type { Assignment } from '../../model/findings/plan.ts';
import type { OpenPort, RunReport } from '../../model/findings/report.ts';
import { parseRunArguments } from '../../runner/docker-flags/run-arguments.ts';
import type { StartedContainer } from '../../runner/retry-on-lost-port.ts';
import { startPlanned } from '../../runner/start-planned.ts';
import { toOpenPort } from '../../workflows/findings/open-ports.ts';
import { isUnpublished, unpublishedNote } from '../../workflows/findings/unpublished-containers.ts';
import { type PreparedRun, prepareRun, type RunEvents } from './prepare.ts';

export interface RunOptions extends RunEvents {
  readonly image: string;
  readonly command?: readonly string[] | undefined;
  /** Flags as on the command line of `portplan run`: `['--name', 'web', '-p', '8080:80']`. */
  readonly flags?: readonly string[] | undefined;
}

/**
 * Starts a container in the background on planned ports, pulling its image when it is missing.
 * @throws PortplanError; nothing that was made is left then
 */
export async function run({
  image,
  command = [],
  flags = [],
  ...listener
}: RunOptions): Promise<RunReport> {
  const request = parseRunArguments([...flags, '-d', image, ...command]);
  if (request.kind === 'help')
    throw new PortplanError('invalid-usage', '--help is for the command line');
  const prepared = await prepareRun(request, listener);
  try {
    const started = await startPlanned({ ...startRequest(prepared), signal: listener.signal });
    return await reportRun(prepared, started);
  } finally {
    prepared.engine.client.close();
  }
}

/** What a start needs of a prepared run. */
export function startRequest({ engine, spec, assignments, request, replan }: PreparedRun) {
  return { engine, spec, assignments, exposed: request.exposed, replan };
}

/** The container as it runs now, with its open ports. */
export async function reportRun(
  { engine, host, notes }: PreparedRun,
  { id, assignments }: StartedContainer,
): Promise<RunReport> {
  const container = await inspectContainer(engine, id).catch(() => undefined);
  const silent = container !== undefined && isUnpublished(container);
  return {
    command: 'run',
    container: { id, name: container?.holder.name ?? id.slice(0, 12) },
    ports: silent
      ? []
      : assignments.map((assignment) => toPlannedPort(assignment, hostNameOf(host.publishHost))),
    sources: host.snapshot.sources,
    notes: silent ? [...notes, await unpublishedNote(container, 'the container', engine)] : notes,
  };
}

function hostNameOf(reach: PreparedRun['host']['publishHost']): string | undefined {
  return reach?.kind === 'elsewhere' ? reach.hostName : undefined;
}

/** A planned port that is open by now. */
export function toPlannedPort(
  { publish: { target, protocol }, address, port }: Assignment,
  hostName?: string,
): OpenPort {
  return toOpenPort({ address, port, target, protocol }, hostName);
}
