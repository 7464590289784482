import { realPath } from '../../compose/files/paths.ts';
import type { ComposeProject } from '../../compose/project.ts';
import type { ListedContainer } from '../../engine/containers/list.ts';
import type { Conflict } from '../../model/findings/conflict.ts';
import type { ContainerHolder } from '../../model/host/binding.ts';
import { anyAddress } from '../../model/ports/address.ts';
import { toPort } from '../../model/ports/port.ts';
import type { IsReplacedBy } from '../../planner/host-conflicts.ts';

/**
 * Tells the containers that a project's own `up` would replace: of the same project, service and working directory.
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
 * Projects whose name is taken by running containers from another directory: `up` here would take those for its own,
 * and make them anew or remove them.
 */
export function findOtherProjects(
  projects: readonly ComposeProject[],
  containers: readonly ListedContainer[],
): readonly Conflict[] {
  return projects.flatMap((project): readonly Conflict[] => {
    const stranger = containers.find(
      ({ holder, state }) => state === 'running' && isOtherProject(holder, project),
    );
    if (stranger === undefined) return [];
    const { holder } = stranger;
    const [
      binding = {
        address: anyAddress,
        port: toPort(1),
        protocol: 'tcp',
        holder,
        state: 'running',
      } as const,
    ] = stranger.bindings;
    const remedy = { text: 'give this project another name: --project-name, or name: in its file' };
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
