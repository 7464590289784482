import { realPath } from '../../compose/files/paths.ts';
import type { ComposeProject, ComposeResource } from '../../compose/project.ts';
import type { ListedContainer } from '../../engine/containers/list.ts';
import type { NamedNetwork, NamedVolume } from '../../engine/networks/project-resources.ts';
import type { Location } from '../../errors.ts';
import { subnetsOverlap } from '../../model/ports/subnet.ts';

/** What a second copy of a project cannot share with what is there already. */
export interface ResourceConflict {
  readonly code: 'project-name' | 'container-name' | 'network-name' | 'volume-name' | 'subnet';
  /** `error`: the start fails, or takes over what is another's. `warning`: it is shared, whatever that does. */
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly location?: Location | undefined;
  /** Whether `--side-by-side` takes it out of the way. */
  readonly solvable: boolean;
}

/** What is on the engine. */
export interface EngineResources {
  readonly containers: readonly ListedContainer[];
  readonly networks: readonly NamedNetwork[];
  readonly volumes: readonly NamedVolume[];
}

/** Everything that stands in the way of a project beside its ports. */
export function findResourceConflicts(
  project: ComposeProject,
  { containers, networks, volumes }: EngineResources,
): readonly ResourceConflict[] {
  const isOwn = ownedBy(project);
  return [
    ...foreignProject(project, containers),
    ...takenNames(
      project,
      containers.filter((container) => !isOwn(container)),
    ),
    ...project.resources.flatMap((resource) =>
      resource.external
        ? []
        : [
            ...sharedResource(resource, project, resource.kind === 'network' ? networks : volumes),
            ...takenSubnets(resource, project, networks),
          ],
    ),
  ];
}

/** Whether a container is one that `up` of the project would take for its own, rightly. */
function ownedBy({ name, directory }: ComposeProject): (container: ListedContainer) => boolean {
  const here = realPath(directory);
  return ({ holder }) =>
    holder.project === name &&
    (holder.directory === undefined || realPath(holder.directory) === here);
}

function foreignProject(
  { name, directory }: ComposeProject,
  containers: readonly ListedContainer[],
): readonly ResourceConflict[] {
  const here = realPath(directory);
  const stranger = containers.find(
    ({ holder }) =>
      holder.project === name &&
      holder.directory !== undefined &&
      realPath(holder.directory) !== here,
  );
  if (stranger === undefined) return [];
  const { name: container = 'a container', directory: there } = stranger.holder;
  const message = `project "${name}" is in use by ${there} (${container}): up would take its containers over`;
  return [{ code: 'project-name', severity: 'error', message, solvable: true }];
}

function takenNames(
  { services }: ComposeProject,
  others: readonly ListedContainer[],
): readonly ResourceConflict[] {
  return services.flatMap(
    ({ name, enabled, containerName, location }): readonly ResourceConflict[] => {
      if (!enabled || containerName === undefined) return [];
      const holder = others.find((container) => container.holder.name === containerName)?.holder;
      if (holder === undefined) return [];
      const owner = holder.project === undefined ? '' : ` of project "${holder.project}"`;
      const from = holder.directory === undefined ? '' : ` in ${holder.directory}`;
      const message = `"${name}" has container_name ${containerName}, which a container${owner}${from} has`;
      return [{ code: 'container-name', severity: 'error', message, location, solvable: true }];
    },
  );
}

function sharedResource(
  { kind, key, fixedName, location }: ComposeResource,
  { name }: ComposeProject,
  existing: readonly (NamedNetwork | NamedVolume)[],
): readonly ResourceConflict[] {
  if (fixedName === undefined) return [];
  const found = existing.find((one) => one.name === fixedName);
  if (found === undefined || found.project === undefined || found.project === name) return [];
  const message = `${kind} "${key}" has the fixed name ${fixedName}, which project "${found.project}" made: both use it`;
  return [
    {
      code: kind === 'network' ? 'network-name' : 'volume-name',
      severity: 'warning',
      message,
      location,
      solvable: false,
    },
  ];
}

function takenSubnets(
  { key, fixedName, subnets, location }: ComposeResource,
  { name }: ComposeProject,
  networks: readonly NamedNetwork[],
): readonly ResourceConflict[] {
  const own = fixedName ?? `${name}_${key}`;
  // A network that is there already is used as it is.
  if (networks.some((network) => network.name === own)) return [];
  return subnets.flatMap((subnet): readonly ResourceConflict[] => {
    const rival = networks.find((network) =>
      network.subnets.some((other) => subnetsOverlap(subnet, other)),
    );
    if (rival === undefined) return [];
    const message = `network "${key}" asks for ${subnet}, which network ${rival.name} has`;
    return [{ code: 'subnet', severity: 'error', message, location, solvable: false }];
  });
}
