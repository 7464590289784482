import { listContainers } from '../../engine/containers/list.ts';
import type { Engine } from '../../engine/open-engine.ts';
import { PortplanError } from '../../errors.ts';
import { findNearest } from '../../model/text/did-you-mean.ts';

/** The error for a name that none of the containers has. */
export function containerNotFound(
  name: string,
  names: readonly string[],
  engine: Engine,
): PortplanError {
  const nearest = findNearest(name, names);
  return new PortplanError('invalid-input', `there is no container ${name}`, {
    hint:
      nearest === undefined
        ? `${engine.command} ps -a shows the containers`
        : `did you mean ${nearest}?`,
  });
}

/** The names of all containers, running or not. @throws PortplanError */
export async function allNames(engine: Engine): Promise<readonly string[]> {
  const containers = await listContainers(engine, { all: true });
  return containers.flatMap(({ holder }) => holder.name ?? []);
}
