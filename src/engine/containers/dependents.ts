import type { ContainerInspect } from '../client/api-types.ts';
import { mapConcurrent } from '../client/map-concurrent.ts';
import type { Engine } from '../open-engine.ts';
import { readContainer } from './inspect.ts';

/**
 * Returns the names of the containers that depend on this container and cannot use a replacement: they share its
 * network, IPC or process namespace, or link to it.
 * @param ids IDs of all containers
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
    return container && dependsOn(container, id, name)
      ? container.Name.replace(/^\//, '')
      : undefined;
  });
  return dependents.sort();
}

function dependsOn({ HostConfig: host = {} }: ContainerInspect, id: string, name: string): boolean {
  const modes = [host.NetworkMode, host.IpcMode, host.PidMode];
  return (
    modes.some((mode) => mode === `container:${id}` || mode === `container:${name.slice(1)}`) ||
    host.Links?.some((link) => link.startsWith(`${name}:`)) === true
  );
}
