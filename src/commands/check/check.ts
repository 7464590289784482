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
 * Would these publishes start, on this host, now? Without any: those of the compose project here, and without one what
 * is wrong with the host's own state.
 * @throws PortplanError for a wish, a compose file or an engine address that cannot be read.
 */
export async function check(options: CheckOptions = {}): Promise<CheckReport> {
  const parsed = parseTargets(options);
  const wish = { ...parsed, notes: [...parsed.notes, ...containerPortNotes(parsed.publishes)] };
  // Without a wish the project here, if there is one, decides what is to be read.
  const early = options.static === true || isEmpty(wish);
  const loaded = early ? await loadRequested(wish, options) : undefined;
  if (options.static) return checkFiles(wish, loaded, options);
  const hostOnly = loaded === undefined && isEmpty(wish);
  // Files alone need nothing of the engine, nor of the sockets.
  const { checkLive } = await import('./live.ts');
  const load = async () => loaded ?? (await loadRequested(wish, options));
  return await checkLive({ request: wish, options, hostOnly, load });
}

function isEmpty({ ports, publishes, images, paths }: ParsedTargets): boolean {
  return ports.length + publishes.length + images.length + paths.length === 0;
}

/** The projects that are meant: those of the paths, or the one here when nothing else is asked. */
async function loadRequested(
  wish: ParsedTargets,
  options: CheckOptions,
): Promise<LoadedProjects | undefined> {
  if (wish.paths.length === 0 && !isEmpty(wish)) return undefined;
  if (wish.paths.length === 0) {
    const { hasProject } = await import('../../workflows/inputs/has-project.ts');
    if (!hasProject(options, process.cwd(), process.env)) return undefined;
  }
  // With it comes the reader of YAML, which is as much as all the rest.
  const { loadProjects } = await import('../../workflows/inputs/load-projects.ts');
  return loadProjects({ ...options, paths: wish.paths });
}

function checkFiles(
  wish: ParsedTargets,
  loaded: LoadedProjects | undefined,
  options: CheckOptions,
): CheckReport {
  const projects = projectsOf(loaded);
  const together = [...wish.ports, ...wish.publishes];
  const { publishes, conflicts } = findInProjects(projects, options);
  return toReport({
    projects,
    publishes: [...together, ...publishes],
    conflicts: [...findRequestConflicts(wish.publishes, defaultRules), ...conflicts],
    sources: unknownPorts(projects, options),
    notes: [...wish.notes, ...(loaded?.notes ?? [])],
  });
}
