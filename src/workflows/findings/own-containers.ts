import { realPath } from '../../compose/files/paths.ts';
import type { ComposeProject } from '../../compose/project.ts';
import type { ListedContainer } from '../../engine/containers/list.ts';
import type { Conflict } from '../../model/findings/conflict.ts';
import type { ContainerHolder } from '../../model/host/binding.ts';
import { anyAddress } from '../../model/ports/address.ts';
import { toPort } from '../../model/ports/port.ts';
import type { IsReplacedBy } from '../../planner/host-conflicts.ts';

/**
 * Returns a predicate for the containers that `up` of these projects would replace: same project, service and directory.
 */
export function replaceableContainers(projects: readonly ComposeProject[]): IsReplacedBy {
  const directories = new Map(
    projects.map(({ name, directory }) => [`${name} ${realPath(directory)}`, true]),
  );
  return ({ holder }, { origin }) =>
    holder.kind === 'container' &&
    origin.kind === 'compose' &&
    holder.engine === undefined &&
    holder.project === origin.project &&
    holder.service === origin.service &&
    directories.has(`${origin.project} ${realPath(holder.directory ?? '')}`);
}

/**
 * Finds projects whose name is used by running containers of another directory: `up` would treat these as its own and
 * recreate or remove them.
 */
export function findOtherProjects(
  projects: readonly ComposeProject[],
  containers: readonly ListedContainer[],
): readonly Conflict[] {
  return projects.flatMap((project): readonly Conflict[] => {
    const other = containers.find(
      ({ holder, state }) => state === 'running' && isOtherProject(holder, project),
    );
    if (other === undefined) return [];
    const { holder } = other;
    const [
      binding = {
        address: anyAddress,
        port: toPort(1),
        protocol: 'tcp',
        holder,
        state: 'running',
      } as const,
    ] = other.bindings;
    const remedy = {
      text: 'set another project name: --project-name, or name: in the Compose file',
    };
    return [
      {
        code: 'project-name-in-use',
        remedy,
        project: project.name,
        binding,
        certainty: 'certain',
        severity: 'error',
      },
    ];
  });
}

function isOtherProject(
  { project, directory }: ContainerHolder,
  { name, directory: here }: ComposeProject,
): boolean {
  return project === name && directory !== undefined && realPath(directory) !== realPath(here);
}
