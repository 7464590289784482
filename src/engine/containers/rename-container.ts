import type { Engine } from '../open-engine.ts';

/** Gives a container another name. @throws PortplanError, EngineRefusal when the name is taken */
export async function renameContainer(
  { client }: Pick<Engine, 'client'>,
  id: string,
  name: string,
): Promise<void> {
  await client.call(`rename the container to ${name}`, (docker, abortSignal) =>
    docker.getContainer(id).rename({ name, abortSignal }),
  );
}
