import { realPath } from '../../compose/files/paths.ts';
import type { ComposeProject } from '../../compose/project.ts';
import { unknownService } from '../../compose/services/unknown-service.ts';
import { resolvePublishHost } from '../../engine/connect/publish-host.ts';
import { type ListedContainer, listContainers } from '../../engine/containers/list.ts';
import { type Engine, openEngine } from '../../engine/open-engine.ts';
import { PortplanError } from '../../errors.ts';
import type { ServicePort, ServicePortsReport } from '../../model/findings/report.ts';
import { defaultTimeoutMs, type ScanOptions } from '../../scanner/scan.ts';
import { servicePortsOf } from '../../workflows/findings/open-ports.ts';
import { type ComposeFlags, loadProjects } from '../../workflows/inputs/load-projects.ts';

export interface ServicePortsOptions
  extends Omit<ComposeFlags, 'services'>,
    Pick<ScanOptions, 'host' | 'context' | 'timeoutMs'> {
  readonly command: ServicePortsReport['command'];
  readonly service: string;
  /** Container port: `80`, `53/udp`. Default: the only open one. */
  readonly target?: string | undefined;
}

/**
 * Returns the open host ports of a service, regardless of the name its project was started under.
 * @throws PortplanError `not-running` when it has no open port, `invalid-usage` when the port is ambiguous
 */
export async function findServicePorts(options: ServicePortsOptions): Promise<ServicePortsReport> {
  const { projects, notes } = loadProjects({ ...options, paths: [] });
  const [project] = projects.map((loaded) => loaded.project);
  if (project === undefined) throw new Error('a project is loaded, or loading throws');
  requireService(options.service, project);
  const { host, context, timeoutMs = defaultTimeoutMs } = options;
  const search = await openEngine({ host, context, timeoutMs });
  if (search.kind === 'none') throw search.error;
  const { engine } = search;
  try {
    const containers = await findContainers(engine, project, options);
    const reach = await resolvePublishHost(engine);
    const hostName = reach.kind === 'other-host' ? reach.hostName : undefined;
    const ports = choosePorts(servicePortsOf(containers, hostName), options);
    return { command: options.command, ports, sources: [], notes: [...notes, ...search.notes] };
  } finally {
    engine.client.close();
  }
}

function requireService(name: string, { services }: ComposeProject): void {
  if (services.some((service) => service.name === name)) return;
  throw unknownService(name, services);
}

async function findContainers(
  engine: Engine,
  project: ComposeProject,
  { service, projectName }: ServicePortsOptions,
): Promise<readonly ListedContainer[]> {
  const here = realPath(project.directory);
  const own = (await listContainers(engine)).filter(
    ({ holder }) =>
      holder.service === service &&
      (projectName === undefined
        ? holder.directory !== undefined && realPath(holder.directory) === here
        : holder.project === projectName),
  );
  const names = [...new Set(own.map(({ holder }) => holder.project ?? ''))];
  const name = names.includes(project.name) ? project.name : names[0];
  if (names.length > 1 && name !== project.name) {
    throw new PortplanError(
      'invalid-usage',
      `"${service}" runs in several projects: ${names.join(', ')}`,
      {
        hint: `select one: --project-name ${names[0]}`,
      },
    );
  }
  return own.filter(({ holder }) => holder.project === name);
}

/** Returns the host ports of one container port, for each container of the service. */
function choosePorts(
  open: readonly ServicePort[],
  { service, target }: ServicePortsOptions,
): readonly ServicePort[] {
  if (open.length === 0) {
    throw new PortplanError('not-running', `"${service}" is not running or publishes no ports`, {
      hint: `portplan up -d ${service}`,
    });
  }
  const targets = [...new Set(open.map(targetOf))];
  const [only] = targets;
  if (target === undefined && targets.length > 1) {
    throw new PortplanError(
      'invalid-usage',
      `"${service}" has several ports: ${targets.join(', ')}`,
      {
        hint: `select one: portplan port ${service} ${only}`,
      },
    );
  }
  const requested = target === undefined ? only : /\//.test(target) ? target : `${target}/tcp`;
  const chosen = open.filter((port) => targetOf(port) === requested);
  if (chosen.length > 0) return chosen;
  throw new PortplanError('not-running', `"${service}" does not publish ${requested}`, {
    hint: `it publishes ${targets.join(', ')}`,
  });
}

function targetOf({ target, protocol }: ServicePort): string {
  return `${target}/${protocol}`;
}
