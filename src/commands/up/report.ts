import type { Assignment } from '../../model/findings/plan.ts';
import type { StartedPort, UpReport } from '../../model/findings/report.ts';
import type { PlannedProject } from '../../workflows/plans/plan-project.ts';
import { isChange } from '../plan/write.ts';
import { findOpenPorts } from './open-project-ports.ts';
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
