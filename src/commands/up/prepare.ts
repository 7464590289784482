import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { supportsOverrideTag } from '../../compose/edit/override/target.ts';
import { loadProject } from '../../compose/load.ts';
import { listNetworks, listVolumes } from '../../engine/networks/project-resources.ts';
import type { Engine } from '../../engine/open-engine.ts';
import { atLocation, PortplanError } from '../../errors.ts';
import { openLeaseStore } from '../../leases/store.ts';
import { type Conflict, publishOf } from '../../model/findings/conflict.ts';
import { describeConflict } from '../../model/findings/describe-conflict.ts';
import type { Endpoint } from '../../model/host/binding.ts';
import { type ComposeProgram, findCompose } from '../../runner/compose/find-compose.ts';
import { type ScanOptions, type ScanResult, scan } from '../../scanner/scan.ts';
import { engineError } from '../../workflows/findings/sources.ts';
import {
  type ComposeFlags,
  type LoadedProject,
  loadProjects,
} from '../../workflows/inputs/load-projects.ts';
import { type PlanningFlags, toHostIp, toPlanOptions } from '../../workflows/inputs/plan-flags.ts';
import { type PlannedProject, planProject } from '../../workflows/plans/plan-project.ts';
import { findResourceConflicts, type ResourceConflict } from './resource-conflicts.ts';

/** Options of {@link prepareUp}. */
export interface UpRequest
  extends ComposeFlags,
    PlanningFlags,
    Pick<ScanOptions, 'host' | 'context' | 'timeoutMs'> {
  /** Default: the environment of this process. */
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** Whether to start a copy: with its own project name, without fixed container names. */
  readonly sideBySide?: boolean | undefined;
  /** `--scale` as written: `web=3`. */
  readonly scale?: readonly string[] | undefined;
  /** Asked before the port of a stateful service moves; absent without a terminal to ask on. */
  readonly confirm?: ((question: string) => Promise<boolean>) | undefined;
}

/** Everything that the start of a project needs. Dispose it to close the connection to the engine. */
export interface PreparedUp extends AsyncDisposable {
  readonly request: UpRequest;
  readonly loaded: LoadedProject;
  readonly engine: Engine;
  /** The host when the first plan was made. */
  readonly host: ScanResult;
  readonly program: ComposeProgram;
  /** The first plan. */
  readonly planned: PlannedProject;
  readonly notes: readonly string[];
}

/**
 * Loads the project, finds Docker Compose, checks names and subnets, plans the ports and saves their leases.
 * @throws PortplanError before anything is started
 */
export async function prepareUp(request: UpRequest): Promise<PreparedUp> {
  const { loaded, notes } = loadRequested(request);
  const { project } = loaded;
  if (project.files.includes('-')) throw stdinNotSupported();
  const [host, program] = await Promise.all([scanForUp(request), findCompose(request.env)]);
  const { engine } = host;
  if (engine === undefined) throw engineError(host);
  try {
    requireEngineScan(host);
    if (!supportsOverrideTag(program.version)) throw composeTooOld(program);
    const conflicts = await readResourceConflicts(project, engine, host);
    const errors = conflicts.filter(
      ({ code, severity }) =>
        severity === 'error' && !(request.sideBySide && code === 'container-name'),
    );
    if (errors.length > 0) throw resourceError(errors, project, request);
    return {
      ...{ request, loaded, engine, host, program },
      planned: await planUp({ request, loaded }, host, []),
      notes: [
        ...notes,
        ...conflicts.flatMap(({ severity, message }) => (severity === 'warning' ? message : [])),
      ],
      [Symbol.asyncDispose]: () => host[Symbol.asyncDispose](),
    };
  } catch (error) {
    await host[Symbol.asyncDispose]();
    throw error;
  }
}

/**
 * Plans the ports of a prepared project again, on the host as it is now and without the lost endpoints.
 * @throws PortplanError `no-free-port`, and the errors of the scan
 */
export async function planUpAgain(
  prepared: PreparedUp,
  unavailable: readonly Endpoint[],
): Promise<PlannedProject> {
  return planUp(prepared, requireEngineScan(await rescanForUp(prepared)), unavailable);
}

/** Scans the host again, and closes the new connection to the engine. @throws PortplanError */
export async function rescanForUp({ request }: PreparedUp): Promise<ScanResult> {
  await using now = await scanForUp(request);
  return now;
}

function scanForUp(request: UpRequest): Promise<ScanResult> {
  return scan({ ...request, stopped: true, extendWhileAlive: true });
}

async function planUp(
  { request, loaded }: Pick<PreparedUp, 'request' | 'loaded'>,
  host: ScanResult,
  unavailable: readonly Endpoint[],
): Promise<PlannedProject> {
  const store = openLeaseStore({ env: request.env });
  const planned = await planProject({
    project: loaded.project,
    host,
    planning: toPlanOptions({ ...request, onConflict: undefined }),
    hostIp: toHostIp(request.hostIp),
    onConflict: request.onConflict,
    store,
    confirm: request.confirm,
    unavailable,
    save: store.problem === undefined,
  });
  return requirePorts(planned);
}

/** Without a list of its own containers a project would avoid its own ports. @throws PortplanError */
function requireEngineScan(host: ScanResult): ScanResult {
  if (host.publishHost === undefined) throw engineError(host);
  return host;
}

function loadRequested(request: UpRequest) {
  const { projects, notes } = loadProjects({ ...request, paths: [] });
  const [found] = projects;
  if (found === undefined) throw new Error('loadProjects returned no project');
  const scaled = withScale(found, request.scale ?? []);
  if (!request.sideBySide) return { loaded: scaled, notes };
  const projectName =
    request.projectName ?? copyName(scaled.project.name, scaled.project.directory);
  const options = { ...scaled.options, projectName };
  const copy = withScale({ project: loadProject(options), options }, request.scale ?? []);
  const note = `the project name is ${projectName}; stop it with docker compose -p ${projectName} down`;
  return { loaded: copy, notes: [...notes, note] };
}

/** Returns a project name that is the same for the same folder each time. */
function copyName(name: string, directory: string): string {
  const digest = createHash('sha256').update(realpathSync(directory)).digest('hex');
  return `${name}-${digest.slice(0, 6)}`;
}

/** Applies `--scale SERVICE=NUMBER`, as Compose does. @throws PortplanError `invalid-usage` */
function withScale({ project, options }: LoadedProject, scale: readonly string[]): LoadedProject {
  const counts = new Map(
    scale.map((text) => {
      const [, service = '', count] = /^([^=]+)=(\d+)$/.exec(text) ?? [];
      if (count !== undefined && project.services.some(({ name }) => name === service))
        return [service, Number(count)] as const;
      throw new PortplanError(
        'invalid-usage',
        `invalid --scale "${text}": expected SERVICE=NUMBER`,
        {
          hint: `services: ${project.services.map(({ name }) => name).join(', ')}`,
        },
      );
    }),
  );
  const services = project.services.map((service) => ({
    ...service,
    replicas: counts.get(service.name) ?? service.replicas,
  }));
  return { project: { ...project, services }, options };
}

function stdinNotSupported(): PortplanError {
  return new PortplanError(
    'invalid-usage',
    'up cannot read a Compose file from stdin: it reads the file more than once',
    {
      hint: 'portplan up -f compose.yaml',
    },
  );
}

function composeTooOld({ version }: ComposeProgram): PortplanError {
  return new PortplanError(
    'compose-unavailable',
    `Docker Compose ${version} cannot override a list of ports: expected 2.24.4 or newer`,
    { hint: 'portplan plan --write file changes the ports in the Compose file, for any version' },
  );
}

async function readResourceConflicts(
  project: LoadedProject['project'],
  engine: Engine,
  host: ScanResult,
): Promise<readonly ResourceConflict[]> {
  const [networks, volumes] = await Promise.all([listNetworks(engine), listVolumes(engine)]);
  return findResourceConflicts(project, { containers: host.containers, networks, volumes });
}

function resourceError(
  conflicts: readonly ResourceConflict[],
  { name }: LoadedProject['project'],
  { sideBySide }: UpRequest,
): PortplanError {
  const lines = conflicts.map(({ message, location }) => atLocation(location, message));
  // After a rename of the folder only this command stops the old project.
  const stopHints = conflicts.some(({ code }) => code === 'project-name')
    ? [`docker compose -p ${name} down stops the other one`]
    : [];
  const solvable = sideBySide !== true && conflicts.every((conflict) => conflict.solvable);
  return new PortplanError('start-failed', lines.join('\n'), {
    reason: conflicts[0]?.code,
    hint: solvable
      ? ['portplan up --side-by-side starts a copy under its own names', ...stopHints].join('; ')
      : 'change the names in the file, or stop the containers that use them; nothing was started',
  });
}

function requirePorts(planned: PlannedProject): PlannedProject {
  const failed = planned.conflicts.filter(({ severity }) => severity === 'error');
  const [first] = failed;
  if (first === undefined) return planned;
  const hints = planned.notes.length > 0 ? planned.notes : [hintFor(first)];
  throw new PortplanError('no-free-port', failed.map(describeInFile).join('\n'), {
    reason: first.code,
    hint: hints.filter((hint) => hint !== '').join('; ') || 'nothing was started',
  });
}

function hintFor({ code, remedy }: Conflict): string {
  if (code === 'replicas-share-port')
    return 'write a range with one port per container: "8080-8082:80"';
  if (code === 'pool-exhausted') return 'write a wider range, or free ports in it: portplan check';
  return remedy?.command ?? '';
}

function describeInFile(conflict: Conflict): string {
  const text = describeConflict(conflict);
  const origin = publishOf(conflict)?.origin;
  if (origin?.kind !== 'compose') return text;
  const { service, location } = origin;
  return atLocation(location, `${service}: ${text}`);
}
