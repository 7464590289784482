import { listProjectContainers } from '../../engine/containers/list.ts';
import { messageOf, PortplanError } from '../../errors.ts';
import type { Assignment } from '../../model/findings/plan.ts';
import type { ServicePort, StartedPort, UpReport } from '../../model/findings/report.ts';
import { servicePortsOf, toServicePort } from '../../workflows/findings/open-ports.ts';
import type { PlannedProject } from '../../workflows/plans/plan-project.ts';
import { isChange } from '../plan/write.ts';
import type { PreparedUp, UpRequest } from './prepare.ts';

/** Where the services of a project are that has come up. */
export async function reportUp(
  prepared: PreparedUp,
  planned: PlannedProject,
  { sideBySide }: Pick<UpRequest, 'sideBySide'>,
): Promise<UpReport> {
  const { host, loaded, notes } = prepared;
  const { project } = loaded;
  const { ports, gaps } = await findOpenPorts(prepared, planned);
  return {
    command: 'up',
    project: { name: project.name, directory: project.directory },
    ports: ports.map((port) => withReason(port, planned.assignments)),
    sources: host.snapshot.sources,
    notes: [...notes, ...planned.notes, ...gaps, ...(sideBySide ? [] : moveBackNotes(planned))],
  };
}

function withReason(port: StartedPort, assignments: readonly Assignment[]): StartedPort {
  const assignment = assignments.find(
    (one) =>
      one.port === port.port &&
      one.publish.target === port.target &&
      one.publish.protocol === port.protocol &&
      one.publish.origin.kind === 'compose' &&
      one.publish.origin.service === port.service,
  );
  return assignment !== undefined && isChange(assignment)
    ? { ...port, moved: assignment.reason }
    : port;
}

/** What a start without portplan would do to the ports that were moved; it starts no copy under another name. */
function moveBackNotes({ assignments }: PlannedProject): readonly string[] {
  const moved = assignments.filter(isChange);
  if (moved.length === 0) return [];
  const services = [
    ...new Set(
      moved.flatMap(({ publish: { origin } }) => (origin.kind === 'compose' ? origin.service : [])),
    ),
  ].join(', ');
  return [
    `docker compose up alone would move ${services} back; portplan up keeps the ports, and so does portplan plan --write override`,
  ];
}

/** Where the services of a project are that has just come up, and what could not be seen of it. */
export interface OpenPorts {
  readonly ports: readonly ServicePort[];
  readonly gaps: readonly string[];
}

/** As the engine says; where it cannot be asked any more the project runs all the same, on the ports of its plan. */
export async function findOpenPorts(
  { engine, host, loaded: { project } }: PreparedUp,
  planned: PlannedProject,
): Promise<OpenPorts> {
  const hostName = host.publishHost?.kind === 'elsewhere' ? host.publishHost.hostName : undefined;
  const enabled = new Set(project.services.filter((one) => one.enabled).map(({ name }) => name));
  try {
    const containers = await listProjectContainers(engine, { project: project.name });
    const ports = servicePortsOf(containers, hostName);
    return { ports: ports.filter(({ service }) => enabled.has(service)), gaps: [] };
  } catch (error) {
    if (!(error instanceof PortplanError)) throw error;
    const gap = `the ports are those of the plan, the engine could not be asked: ${messageOf(error)}`;
    return {
      ports: planned.assignments.flatMap((assignment) => toPlannedPort(assignment, hostName)),
      gaps: [gap],
    };
  }
}

function toPlannedPort(
  { publish, address, port }: Assignment,
  hostName: string | undefined,
): readonly ServicePort[] {
  const { origin, protocol, target } = publish;
  if (origin.kind !== 'compose') return [];
  const { service } = origin;
  return [toServicePort({ address, port, protocol, target }, { service, name: service }, hostName)];
}
