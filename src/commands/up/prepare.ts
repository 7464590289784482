import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { knowsOverrideTag } from '../../compose/edit/override/target.ts';
import { loadProject } from '../../compose/load.ts';
import { listNetworks, listVolumes } from '../../engine/networks/project-resources.ts';
import type { Engine } from '../../engine/open-engine.ts';
import { atLocation, PortplanError } from '../../errors.ts';
import { openLeaseStore } from '../../leases/store.ts';
import type { Conflict } from '../../model/findings/conflict.ts';
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

/** What `up` is asked for. */
export interface UpRequest
  extends ComposeFlags,
    PlanningFlags,
    Pick<ScanOptions, 'host' | 'context' | 'timeoutMs'> {
  /** Default: that of this process. */
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** A copy beside others: under a project name of its own, without fixed names of containers. */
  readonly sideBySide?: boolean | undefined;
  /** `--scale` as it was written: `web=3`. */
  readonly scale?: readonly string[] | undefined;
  readonly confirm?: ((question: string) => Promise<boolean>) | undefined;
}

/** Everything that a start of a project needs. */
export interface PreparedUp {
  readonly loaded: LoadedProject;
  readonly engine: Engine;
  readonly host: ScanResult;
  readonly program: ComposeProgram;
  readonly planned: PlannedProject;
  readonly notes: readonly string[];
  /** The host as it is now. */
  readonly rescan: () => Promise<ScanResult>;
  /** A new plan on the host as it is now, without what was lost. */
  readonly replan: (lost: readonly Endpoint[]) => Promise<PlannedProject>;
}

/**
 * Loads the project, finds Docker Compose, looks for what a start would trip over, and plans and remembers its ports.
 * @throws PortplanError; nothing was started by then
 */
export async function prepareUp(request: UpRequest): Promise<PreparedUp> {
  const { loaded, notes } = loadRequested(request);
  const { project } = loaded;
  if (project.files.includes('-')) throw fromStdin();
  const planning = toPlanOptions({ ...request, onConflict: undefined });
  const store = openLeaseStore({ env: request.env });
  const scanNow = () => scan({ ...request, stopped: true, extendWhileAlive: true });
  const rescan = async () => {
    const now = await scanNow();
    now.engine?.client.close();
    return now;
  };
  const [host, program] = await Promise.all([scanNow(), findCompose(request.env)]);
  const { engine } = host;
  if (engine === undefined) throw engineError(host);
  try {
    expectSeen(host);
    if (!knowsOverrideTag(program.version)) throw tooOld(program);
    const blockers = await readResourceConflicts(project, engine, host);
    const stopping = blockers.filter(
      ({ code, severity }) =>
        severity === 'error' && !(request.sideBySide && code === 'container-name'),
    );
    if (stopping.length > 0) throw blocked(stopping, project, request);
    const plan = async (now: ScanResult, lost: readonly Endpoint[]) => {
      const { onConflict, confirm } = request;
      const hostIp = toHostIp(request.hostIp);
      const wish = {
        project,
        host: now,
        planning,
        hostIp,
        onConflict,
        store,
        confirm,
        unavailable: lost,
      };
      return requirePlaces(await planProject({ ...wish, save: store.problem === undefined }));
    };
    return {
      ...{ loaded, engine, host, program },
      planned: await plan(host, []),
      notes: [
        ...notes,
        ...blockers.flatMap(({ severity, message }) => (severity === 'warning' ? message : [])),
      ],
      rescan,
      replan: async (lost) => plan(expectSeen(await rescan()), lost),
    };
  } catch (error) {
    engine.client.close();
    throw error;
  }
}

/** Without its own containers a project would move away from itself. @throws PortplanError */
function expectSeen(host: ScanResult): ScanResult {
  if (host.publishHost === undefined) throw engineError(host);
  return host;
}

function loadRequested(request: UpRequest) {
  const { projects, notes } = loadProjects({ ...request, paths: [] });
  const [found] = projects;
  if (found === undefined) throw new Error('a project is loaded, or loading throws');
  const scaled = withScale(found, request.scale ?? []);
  if (!request.sideBySide) return { loaded: scaled, notes };
  const projectName = request.projectName ?? ownName(scaled.project.name, scaled.project.directory);
  const options = { ...scaled.options, projectName };
  const copy = withScale({ project: loadProject(options), options }, request.scale ?? []);
  const down = `the project is called ${projectName} here: docker compose -p ${projectName} down ends it`;
  return { loaded: copy, notes: [...notes, down] };
}

/** The same folder has the same name each time. */
function ownName(name: string, directory: string): string {
  const digest = createHash('sha256').update(realpathSync(directory)).digest('hex');
  return `${name}-${digest.slice(0, 6)}`;
}

/** `--scale SERVICE=N` as Compose takes it. @throws PortplanError `invalid-usage` */
function withScale({ project, options }: LoadedProject, scale: readonly string[]): LoadedProject {
  const counts = new Map(
    scale.map((text) => {
      const [, service = '', count] = /^([^=]+)=(\d+)$/.exec(text) ?? [];
      if (count !== undefined && project.services.some(({ name }) => name === service))
        return [service, Number(count)] as const;
      throw new PortplanError('invalid-usage', `--scale: "${text}" names no service and number`, {
        hint: `expected SERVICE=NUMBER with one of ${project.services.map(({ name }) => name).join(', ')}`,
      });
    }),
  );
  const services = project.services.map((service) => ({
    ...service,
    replicas: counts.get(service.name) ?? service.replicas,
  }));
  return { project: { ...project, services }, options };
}

function fromStdin(): PortplanError {
  return new PortplanError(
    'invalid-usage',
    'up reads its files more than once, and stdin only once',
    {
      hint: 'name a file: portplan up -f compose.yaml',
    },
  );
}

function tooOld({ version }: ComposeProgram): PortplanError {
  return new PortplanError(
    'compose-unavailable',
    `Docker Compose ${version} cannot replace a list of ports: it needs 2.24.4 or newer`,
    { hint: 'portplan plan --write file moves the ports in the file itself, for every version' },
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

function blocked(
  blockers: readonly ResourceConflict[],
  { name }: LoadedProject['project'],
  { sideBySide }: UpRequest,
): PortplanError {
  const lines = blockers.map(({ message, location }) => atLocation(location, message));
  // The folder may have been renamed: then there is nothing else that would end the old one.
  const ends = blockers.some(({ code }) => code === 'project-name')
    ? [`docker compose -p ${name} down ends the other one`]
    : [];
  const solvable = sideBySide !== true && blockers.every((blocker) => blocker.solvable);
  return new PortplanError('start-failed', lines.join('\n'), {
    reason: blockers[0]?.code,
    hint: solvable
      ? ['portplan up --side-by-side starts a copy under names of its own', ...ends].join('; ')
      : 'change the names in the file, or stop what has them; nothing was started',
  });
}

function requirePlaces(planned: PlannedProject): PlannedProject {
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
  if (code === 'replicas-share-port') return 'write a range with a port for each: "8080-8082:80"';
  if (code === 'pool-exhausted') return 'write a wider range, or free ports of it: portplan check';
  return remedy?.command ?? '';
}

function describeInFile(conflict: Conflict): string {
  const text = describeConflict(conflict);
  if (!('publish' in conflict) || conflict.publish.origin.kind !== 'compose') return text;
  const { service, location } = conflict.publish.origin;
  return atLocation(location, `${service}: ${text}`);
}
