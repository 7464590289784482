import { listProjectContainers } from '../../engine/containers/project-containers.ts';
import { messageOf, PortplanError } from '../../errors.ts';
import type { Assignment } from '../../model/findings/plan.ts';
import type { ServicePort } from '../../model/findings/report.ts';
import { servicePortsOf, toServicePort } from '../../workflows/findings/project-ports.ts';
import type { PlannedProject } from '../../workflows/plans/plan-project.ts';
import type { PreparedUp } from './prepare.ts';

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
  const hostName = host.reach?.kind === 'elsewhere' ? host.reach.hostName : undefined;
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
