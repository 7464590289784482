import type { ComposeProject } from '../../compose/project.ts';
import { attempt, PortplanError } from '../../errors.ts';
import { hasProject } from '../../workflows/inputs/has-project.ts';
import { type ComposeFlags, loadProjects } from '../../workflows/inputs/load-projects.ts';
import {
  leaseOwnerOf,
  type ProjectFlags,
  projectOwner,
} from '../../workflows/plans/plan-with-leases.ts';

/** Which project is meant: the flags of a compose project, or of a folder without one. */
export interface LeaseProjectFlags extends ProjectFlags, Pick<ComposeFlags, 'files' | 'envFiles'> {
  readonly env?: NodeJS.ProcessEnv | undefined;
}

/** What leases are shown, pinned and given back for. */
export interface LeaseProject {
  /** The folder by itself, and that of its compose project: ports that were named alone are kept for the former. */
  readonly directories: readonly string[];
  /** The compose project; absent where there is none, or it cannot be loaded. */
  readonly project?: ComposeProject | undefined;
  /** Why it cannot be loaded. */
  readonly fault?: PortplanError | undefined;
}

/**
 * Finds the project as `plan` and `up` do: in this folder or one above, under the name that its file gives it.
 * @throws PortplanError `invalid-input` when a folder is named that never was
 */
export function findLeaseProject(flags: LeaseProjectFlags): LeaseProject {
  const folder = directoryOf(flags);
  const found = attempt((): LeaseProject => {
    const project = loadHere(flags);
    if (project === undefined) return { directories: [folder] };
    return { directories: [...new Set([folder, projectOwner(project).directory])], project };
  });
  return found instanceof PortplanError ? { directories: [folder], fault: found } : found;
}

function loadHere(flags: LeaseProjectFlags): ComposeProject | undefined {
  const { env = process.env } = flags;
  if (!hasProject(flags, process.cwd(), env)) return undefined;
  return loadProjects({ ...flags, env, paths: [] }).projects[0]?.project;
}

/** A folder that is gone still has leases, under the name that it had. */
function directoryOf(flags: ProjectFlags): string {
  try {
    return leaseOwnerOf(flags).directory;
  } catch (error) {
    if (flags.projectDirectory?.startsWith('/')) return flags.projectDirectory;
    throw error;
  }
}
