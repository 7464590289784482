import type { ComposeProject } from '../compose/project.ts';
import { isFailure } from '../model/conflict.ts';
import type { Publish } from '../model/publish.ts';
import type { CheckReport, CheckVerdict } from '../model/report.ts';
import { hasGap, type Source, type SourceName } from '../model/snapshot.ts';
import { defaultRules } from '../model/traits.ts';
import { confirmFree, type Look } from '../planner/confirm.ts';
import { findClashes } from '../planner/find-clashes.ts';
import { findHostConflicts, heldOn } from '../planner/find-conflicts.ts';
import { planConfirmed } from '../planner/plan-confirmed.ts';
import { createLook } from '../scanner/look.ts';
import { type ScannedHost, type ScanOptions, scan } from '../scanner/scan.ts';
import { withAllowance } from './allowed-finding.ts';
import { findHostFindings } from './host-findings.ts';
import { nameConflicts } from './name-conflicts.ts';
import { findForeignProjects, ownContainers } from './own-containers.ts';
import { findProjectFindings } from './project-findings.ts';
import type { ComposeFlags, LoadedProjects } from './projects.ts';
import { reportProbe, requireSources } from './sources.ts';
import { suggestPorts } from './suggest-ports.ts';
import { fixedPorts, publishesOfImage, type ReadWish, readWish, type Wish } from './wishes.ts';

export interface CheckOptions
  extends Wish,
    ComposeFlags,
    Pick<ScanOptions, 'host' | 'context' | 'timeoutMs'> {
  /** Sources without which the answer is "unknown". */
  readonly require?: readonly SourceName[] | undefined;
  /** Files only: neither engine nor processes are asked. */
  readonly static?: boolean | undefined;
  /** Refuse what Compose would refuse, and be unsure about ports that depend on unset variables. */
  readonly strict?: boolean | undefined;
  /** All projects are to be up at the same time. */
  readonly together?: boolean | undefined;
  /** Also tell which ports are open on every address. */
  readonly exposed?: boolean | undefined;
}

/**
 * Would these publishes start, on this host, now? Without any: those of the compose project here, and without one what
 * is wrong with the host's own state.
 * @throws PortplanError for a wish, a compose file or an engine address that cannot be read.
 */
export async function check(options: CheckOptions = {}): Promise<CheckReport> {
  const wish = readWish(options);
  // Without a wish the project here, if there is one, decides what is to be read.
  const early = options.static === true || isEmpty(wish);
  let loaded = early ? await loadWished(wish, options) : undefined;
  if (options.static) return checkFiles(wish, loaded, options);
  const everything = loaded === undefined && isEmpty(wish);
  const host = await scan({
    ...options,
    stopped: everything,
    meanwhile: async () => {
      loaded ??= await loadWished(wish, options);
    },
    ports: () => fixedPorts([...wish.ports, ...wish.publishes, ...publishesOf(projectsOf(loaded))]),
  });
  try {
    return await (everything ? checkHost(host, options) : checkWish(wish, loaded, host, options));
  } finally {
    host.engine?.client.close();
  }
}

function isEmpty({ ports, publishes, images, paths }: ReadWish): boolean {
  return ports.length + publishes.length + images.length + paths.length === 0;
}

function publishesOf(projects: readonly ComposeProject[]): readonly Publish[] {
  return projects.flatMap(({ services }) => services.flatMap(({ publishes }) => publishes));
}

function projectsOf(loaded: LoadedProjects | undefined): readonly ComposeProject[] {
  return loaded?.projects.map(({ project }) => project) ?? [];
}

/** The projects that are meant: those of the paths, or the one here when nothing else is asked. */
async function loadWished(
  wish: ReadWish,
  options: CheckOptions,
): Promise<LoadedProjects | undefined> {
  if (wish.paths.length === 0 && !isEmpty(wish)) return undefined;
  // With it comes the reader of YAML, which is as much as all the rest.
  const { hasProject, loadProjects } = await import('./projects.ts');
  if (wish.paths.length > 0) return loadProjects({ ...options, paths: wish.paths });
  if (!hasProject(options, process.cwd(), process.env)) return undefined;
  return loadProjects({ ...options, paths: [] });
}

function checkFiles(
  wish: ReadWish,
  loaded: LoadedProjects | undefined,
  options: CheckOptions,
): CheckReport {
  const projects = projectsOf(loaded);
  const together = [...wish.ports, ...wish.publishes];
  const { publishes, conflicts } = findInProjects(projects, options);
  return toReport({
    projects,
    publishes: [...together, ...publishes],
    conflicts: [...findClashes(wish.publishes, defaultRules), ...conflicts],
    sources: unknownPorts(projects, options),
    notes: [...wish.notes, ...(loaded?.notes ?? [])],
  });
}

/** Each project for itself or, when they are to be up together, all as one. */
function findInProjects(
  projects: readonly ComposeProject[],
  options: CheckOptions,
  rules = defaultRules,
) {
  const groups = options.together ? [projects] : projects.map((project) => [project]);
  const findings = groups.map((group) => findProjectFindings(group, rules, options));
  return {
    publishes: findings.flatMap(({ publishes }) => publishes),
    conflicts: findings.flatMap(({ conflicts }) => conflicts),
  };
}

async function checkWish(
  wish: ReadWish,
  loaded: LoadedProjects | undefined,
  host: ScannedHost,
  options: CheckOptions,
): Promise<CheckReport> {
  const look = createLook(host);
  const projects = projectsOf(loaded);
  const inProjects = findInProjects(projects, options, host.state.rules);
  const images = await planImages(wish.images, host, look);
  const together = [...wish.publishes, ...images];
  const publishes = [...wish.ports, ...together, ...inProjects.publishes];
  const isOwn = ownContainers(projects);
  const confirmed = look && (await confirmFree(publishes, host.state, look, isOwn));
  const state = confirmed?.host ?? host.state;
  const onHost = [
    ...findHostConflicts(publishes, state, isOwn),
    ...(confirmed?.conflicts ?? []),
    ...findForeignProjects(projects, host.containers),
  ];
  const named = await nameConflicts(
    [...findClashes(together, state.rules, heldOn(state)), ...onHost],
    host,
  );
  const allowed = named.map((conflict) => withAllowance(conflict, projects));
  const probe = reportProbe(confirmed ?? { denied: [], untried: [] });
  return toReport({
    projects,
    publishes,
    conflicts: await suggestPorts([...inProjects.conflicts, ...allowed], state, look),
    sources: [
      ...requireSources([...host.snapshot.sources, ...probe.sources], options.require),
      ...unknownPorts(projects, options),
    ],
    notes: [...wish.notes, ...(loaded?.notes ?? []), ...host.snapshot.notes, ...probe.notes],
  });
}

async function checkHost(host: ScannedHost, options: CheckOptions): Promise<CheckReport> {
  return toReport({
    projects: [],
    publishes: [],
    conflicts: await findHostFindings(host),
    sources: requireSources(host.snapshot.sources, options.require),
    notes: host.snapshot.notes,
  });
}

/** With `--strict` a port that nobody can tell makes the answer uncertain. */
function unknownPorts(
  projects: readonly ComposeProject[],
  { strict }: CheckOptions,
): readonly Source[] {
  const unknown = projects.flatMap(({ services }) =>
    services.flatMap((service) => service.unknownPorts),
  );
  if (!strict || unknown.length === 0) return [];
  const variables = [...new Set(unknown.flatMap((port) => port.variables))].join(', ');
  return [
    {
      name: 'files',
      status: 'gap',
      detail: `${unknown.length} ports depend on variables that are not set: ${variables}`,
    },
  ];
}

type Parts = Pick<CheckReport, 'publishes' | 'conflicts' | 'sources' | 'notes'> & {
  readonly projects: readonly ComposeProject[];
};

function toReport({ projects, ...parts }: Parts): CheckReport {
  const checked = projects.map(({ name, directory, files, services }) => ({
    name,
    directory,
    files,
    services: services.length,
  }));
  return { command: 'check', verdict: verdictOf(parts), projects: checked, ...parts };
}

function verdictOf({
  conflicts,
  sources,
}: Pick<CheckReport, 'conflicts' | 'sources'>): CheckVerdict {
  if (conflicts.some(isFailure)) return 'conflict';
  return hasGap({ sources }) ? 'unknown' : 'clear';
}

/** Images stand for the mapping that would be planned for them. */
async function planImages(
  images: readonly string[],
  host: ScannedHost,
  look: Look | undefined,
): Promise<readonly Publish[]> {
  const exposed = await Promise.all(images.map((image) => publishesOfImage(image, host.engine)));
  const { plan } = await planConfirmed(exposed.flat(), host.state, {}, look);
  return plan.assignments.map(({ publish, port }) => ({
    ...publish,
    hostPorts: { first: port, last: port },
  }));
}
