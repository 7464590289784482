import type { ComposeProject } from '../../compose/project.ts';
import { attempt, PortplanError } from '../../errors.ts';
import { hasProject } from '../../workflows/inputs/has-project.ts';
import { type ComposeFlags, loadProjects } from '../../workflows/inputs/load-projects.ts';
import {
  leaseOwnerOf,
  type ProjectFlags,
  projectOwner,
} from '../../workflows/plans/plan-with-leases.ts';

/** The flags that select a Compose project, or a folder without one. */
export interface LeaseProjectFlags extends ProjectFlags, Pick<ComposeFlags, 'files' | 'envFiles'> {
  readonly env?: NodeJS.ProcessEnv | undefined;
}

/** The project whose leases are listed, pinned or released. */
export interface LeaseProject {
  /** The folder, and that of its Compose project; ports outside a project are leased to the former. */
  readonly directories: readonly string[];
  /** The Compose project; absent if there is no project or it cannot be loaded. */
  readonly project?: ComposeProject | undefined;
  /** The error that prevented loading. */
  readonly error?: PortplanError | undefined;
}

/**
 * Finds the project as `plan` and `up` do: in this folder or one above, under the name in its file.
 * @throws PortplanError `invalid-input` when a relative folder does not exist
 */
export function findLeaseProject(flags: LeaseProjectFlags): LeaseProject {
  const folder = directoryOf(flags);
  const found = attempt((): LeaseProject => {
    const project = loadHere(flags);
    if (project === undefined) return { directories: [folder] };
    return { directories: [...new Set([folder, projectOwner(project).directory])], project };
  });
  return found instanceof PortplanError ? { directories: [folder], error: found } : found;
}

function loadHere(flags: LeaseProjectFlags): ComposeProject | undefined {
  const { env = process.env } = flags;
  if (!hasProject(flags, process.cwd(), env)) return undefined;
  return loadProjects({ ...flags, env, paths: [] }).projects[0]?.project;
}

/** A removed folder still has leases under its absolute path. */
function directoryOf(flags: ProjectFlags): string {
  try {
    return leaseOwnerOf(flags).directory;
  } catch (error) {
    if (flags.projectDirectory?.startsWith('/')) return flags.projectDirectory;
    throw error;
  }
}
