import { listContainers } from '../../engine/containers/list.ts';
import type { Engine } from '../../engine/open-engine.ts';
import { PortplanError } from '../../errors.ts';
import { findNearest } from '../../model/text/did-you-mean.ts';

/** Returns the error for an unknown container name, with the nearest known name as its hint. */
export function containerNotFound(
  name: string,
  names: readonly string[],
  engine: Engine,
): PortplanError {
  const nearest = findNearest(name, names);
  return new PortplanError('invalid-input', `container ${name} not found`, {
    hint:
      nearest === undefined
        ? `to list the containers: ${engine.command} ps -a`
        : `did you mean ${nearest}?`,
  });
}

/** Returns the names of all containers, running or not. @throws PortplanError */
export async function allNames(engine: Engine): Promise<readonly string[]> {
  const containers = await listContainers(engine, { all: true });
  return containers.flatMap(({ holder }) => holder.name ?? []);
}
