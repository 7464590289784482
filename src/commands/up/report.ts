import { listProjectContainers } from '../../engine/containers/list.ts';
import { messageOf, PortplanError } from '../../errors.ts';
import { type Assignment, isChange } from '../../model/findings/plan.ts';
import type { ServicePort, StartedPort, UpReport } from '../../model/findings/report.ts';
import { servicePortsOf, toServicePort } from '../../workflows/findings/open-ports.ts';
import type { PlannedProject } from '../../workflows/plans/plan-project.ts';
import type { PreparedUp, UpRequest } from './prepare.ts';

/** Returns the report of a started project: where its services are. */
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
    ({ port: number, publish }) =>
      number === port.port &&
      publish.target === port.target &&
      publish.protocol === port.protocol &&
      publish.origin.kind === 'compose' &&
      publish.origin.service === port.service,
  );
  return assignment !== undefined && isChange(assignment)
    ? { ...port, moved: assignment.reason }
    : port;
}

/** Warns that `docker compose up` would undo moved ports. Not for a copy, which it does not start. */
function moveBackNotes({ assignments }: PlannedProject): readonly string[] {
  const moved = assignments.filter(isChange);
  if (moved.length === 0) return [];
  const services = [
    ...new Set(
      moved.flatMap(({ publish: { origin } }) => (origin.kind === 'compose' ? origin.service : [])),
    ),
  ].join(', ');
  return [
    `docker compose up would move ${services} back; keep the ports with portplan up, or with portplan plan --write override`,
  ];
}

/** Open ports of a started project, and notes on what could not be read. */
export interface OpenPorts {
  readonly ports: readonly ServicePort[];
  readonly gaps: readonly string[];
}

/** Returns the open ports from the engine; from the plan, with a note, when the engine does not answer any more. */
export async function findOpenPorts(
  { engine, host, loaded: { project } }: PreparedUp,
  planned: PlannedProject,
): Promise<OpenPorts> {
  const hostName = host.publishHost?.kind === 'other-host' ? host.publishHost.hostName : undefined;
  const enabled = new Set(
    project.services.filter((service) => service.enabled).map(({ name }) => name),
  );
  try {
    const containers = await listProjectContainers(engine, { project: project.name });
    const ports = servicePortsOf(containers, hostName);
    return { ports: ports.filter(({ service }) => enabled.has(service)), gaps: [] };
  } catch (error) {
    if (!(error instanceof PortplanError)) throw error;
    const gap = `cannot read the ports from the engine, showing the planned ones: ${messageOf(error)}`;
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
