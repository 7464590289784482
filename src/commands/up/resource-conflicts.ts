import { realPath } from '../../compose/files/paths.ts';
import type { ComposeProject, ComposeResource } from '../../compose/project.ts';
import type { ListedContainer } from '../../engine/containers/list.ts';
import type { NamedNetwork, NamedVolume } from '../../engine/networks/project-resources.ts';
import type { Location } from '../../errors.ts';
import { subnetsOverlap } from '../../model/ports/subnet.ts';

/** A name or subnet of a project that another project or container uses. */
export interface ResourceConflict {
  readonly code: 'project-name' | 'container-name' | 'network-name' | 'volume-name' | 'subnet';
  /** `error`: the start fails, or takes over containers of another project. `warning`: both projects use it. */
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly location?: Location | undefined;
  /** Whether `--side-by-side` avoids it. */
  readonly solvable: boolean;
}

/** Containers, networks and volumes of the engine. */
export interface EngineResources {
  readonly containers: readonly ListedContainer[];
  readonly networks: readonly NamedNetwork[];
  readonly volumes: readonly NamedVolume[];
}

/** Returns the conflicts of a project that do not concern ports: names and subnets. */
export function findResourceConflicts(
  project: ComposeProject,
  { containers, networks, volumes }: EngineResources,
): readonly ResourceConflict[] {
  const belongsToProject = ownedBy(project);
  return [
    ...projectNameConflicts(project, containers),
    ...containerNameConflicts(
      project,
      containers.filter((container) => !belongsToProject(container)),
    ),
    ...project.resources.flatMap((resource) =>
      resource.external
        ? []
        : [
            ...sharedResourceWarnings(
              resource,
              project,
              resource.kind === 'network' ? networks : volumes,
            ),
            ...subnetConflicts(resource, project, networks),
          ],
    ),
  ];
}

/** Returns whether a container belongs to the project: same name and folder. */
function ownedBy({ name, directory }: ComposeProject): (container: ListedContainer) => boolean {
  const here = realPath(directory);
  return ({ holder }) =>
    holder.project === name &&
    (holder.directory === undefined || realPath(holder.directory) === here);
}

function projectNameConflicts(
  { name, directory }: ComposeProject,
  containers: readonly ListedContainer[],
): readonly ResourceConflict[] {
  const here = realPath(directory);
  const other = containers.find(
    ({ holder }) =>
      holder.project === name &&
      holder.directory !== undefined &&
      realPath(holder.directory) !== here,
  );
  if (other === undefined) return [];
  const { name: container = 'a container', directory: otherDirectory } = other.holder;
  const message = `project "${name}" is in use by ${otherDirectory} (${container}): up would take over its containers`;
  return [{ code: 'project-name', severity: 'error', message, solvable: true }];
}

function containerNameConflicts(
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
      const message = `"${name}" has container_name ${containerName}, which a container${owner}${from} uses`;
      return [{ code: 'container-name', severity: 'error', message, location, solvable: true }];
    },
  );
}

function sharedResourceWarnings(
  { kind, key, fixedName, location }: ComposeResource,
  { name }: ComposeProject,
  existing: readonly (NamedNetwork | NamedVolume)[],
): readonly ResourceConflict[] {
  if (fixedName === undefined) return [];
  const found = existing.find((candidate) => candidate.name === fixedName);
  if (found === undefined || found.project === undefined || found.project === name) return [];
  const message = `${kind} "${key}" has the fixed name ${fixedName}, which project "${found.project}" created: both use it`;
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

function subnetConflicts(
  { key, fixedName, subnets, location }: ComposeResource,
  { name }: ComposeProject,
  networks: readonly NamedNetwork[],
): readonly ResourceConflict[] {
  const networkName = fixedName ?? `${name}_${key}`;
  // Compose uses an existing network unchanged.
  if (networks.some((network) => network.name === networkName)) return [];
  return subnets.flatMap((subnet): readonly ResourceConflict[] => {
    const overlapping = networks.find((network) =>
      network.subnets.some((used) => subnetsOverlap(subnet, used)),
    );
    if (overlapping === undefined) return [];
    const message = `network "${key}" requests ${subnet}, which overlaps network ${overlapping.name}`;
    return [{ code: 'subnet', severity: 'error', message, location, solvable: false }];
  });
}
