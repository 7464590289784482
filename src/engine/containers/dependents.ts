import type { ContainerInspect } from '../client/api-types.ts';
import { mapConcurrent } from '../client/map-concurrent.ts';
import type { Engine } from '../open-engine.ts';
import { readContainer } from './inspect.ts';

/**
 * The names of the containers that are tied to this very one, so that another in its place is no help to them: by its
 * network, its IPC or its process namespace, or by a link.
 * @param ids of all containers
 * @throws PortplanError
 */
export async function findDependents(
  engine: Pick<Engine, 'client'>,
  { Id: id, Name: name }: ContainerInspect,
  ids: readonly string[],
): Promise<readonly string[]> {
  const others = ids.filter((other) => other !== id);
  const dependents = await mapConcurrent(others, async (other) => {
    const container = await readContainer(engine, other);
    return container && isTied(container, id, name) ? container.Name.replace(/^\//, '') : undefined;
  });
  return dependents.sort();
}

function isTied({ HostConfig: host = {} }: ContainerInspect, id: string, name: string): boolean {
  const modes = [host.NetworkMode, host.IpcMode, host.PidMode];
  return (
    modes.some((mode) => mode === `container:${id}` || mode === `container:${name.slice(1)}`) ||
    host.Links?.some((link) => link.startsWith(`${name}:`)) === true
  );
}
