import { PortplanError } from '../../errors.ts';
import type { CheckReport } from '../../model/findings/report.ts';
import { defaultRules } from '../../model/host/engine-traits.ts';
import { findRequestConflicts } from '../../planner/request-conflicts.ts';
import type { LoadedProjects } from '../../workflows/inputs/load-projects.ts';
import {
  containerPortNotes,
  type ParsedTargets,
  parseTargets,
} from '../../workflows/inputs/targets.ts';
import type { CheckOptions } from './options.ts';
import { findInProjects, projectsOf, toReport, unknownPorts } from './report.ts';

export type { CheckOptions };

/**
 * Checks whether publishes can start on this host now. Without targets: those of the Compose project in the working
 * directory or, without a project, the state of the host.
 * @throws PortplanError for an invalid target, Compose file or engine address, and for `static` without anything to check
 */
export async function check(options: CheckOptions = {}): Promise<CheckReport> {
  const parsed = parseTargets(options);
  const request = { ...parsed, notes: [...parsed.notes, ...containerPortNotes(parsed.publishes)] };
  // Without targets, what must be read depends on whether the folder has a project.
  const needsProject = options.static === true || isEmpty(request);
  const loaded = needsProject ? await loadRequested(request, options) : undefined;
  if (options.static && loaded === undefined && isEmpty(request)) throw await noProjectHere();
  if (options.static) return checkFiles(request, loaded, options);
  const hostOnly = loaded === undefined && isEmpty(request);
  // Loaded on demand: a check of files needs neither the engine nor sockets.
  const { checkLive } = await import('./live.ts');
  const load = async () => loaded ?? (await loadRequested(request, options));
  return await checkLive({ request, options, hostOnly, load });
}

/** A check of files that found none must not pass: CI would be green without a check. */
async function noProjectHere(): Promise<PortplanError> {
  const { describeProjectsBelow } = await import('../../workflows/inputs/projects-below.ts');
  return new PortplanError('invalid-input', 'no Compose file in this folder or above it', {
    reason: 'no-config-file',
    hint:
      describeProjectsBelow(process.cwd(), 'portplan check --static') ??
      'name a Compose file or the folder of a project: portplan check --static FILE',
  });
}

function isEmpty({ ports, publishes, images, paths }: ParsedTargets): boolean {
  return ports.length + publishes.length + images.length + paths.length === 0;
}

/** Loads the projects of the paths or, without any target, that of the working directory. */
async function loadRequested(
  request: ParsedTargets,
  options: CheckOptions,
): Promise<LoadedProjects | undefined> {
  if (request.paths.length === 0 && !isEmpty(request)) return undefined;
  if (request.paths.length === 0) {
    const { hasProject } = await import('../../workflows/inputs/has-project.ts');
    if (!hasProject(options, process.cwd(), process.env)) return undefined;
  }
  // Loaded on demand: the YAML parser is as large as everything else.
  const { loadProjects } = await import('../../workflows/inputs/load-projects.ts');
  return loadProjects({ ...options, paths: request.paths });
}

function checkFiles(
  request: ParsedTargets,
  loaded: LoadedProjects | undefined,
  options: CheckOptions,
): CheckReport {
  const projects = projectsOf(loaded);
  const targets = [...request.ports, ...request.publishes];
  const { publishes, conflicts } = findInProjects(projects, options);
  return toReport({
    projects,
    publishes: [...targets, ...publishes],
    conflicts: [...findRequestConflicts(request.publishes, defaultRules), ...conflicts],
    sources: unknownPorts(projects, options),
    notes: [...request.notes, ...(loaded?.notes ?? [])],
  });
}
