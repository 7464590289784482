import type { InspectedContainer } from '../../engine/containers/inspect.ts';
import { opensPorts } from '../../engine/networks/networks.ts';
import type { Engine } from '../../engine/open-engine.ts';
import { asPortplanError, PortplanError } from '../../errors.ts';
import type { Conflict, Remedy } from '../../model/findings/conflict.ts';
import { shellQuote } from '../../model/text/safe-text.ts';

/** Whether a container runs although none of its ports was published. */
export function isUnpublished({ state, publishes, published }: InspectedContainer): boolean {
  return state === 'running' && publishes && !published;
}

/** Containers that run although none of their ports was published: the engine said nothing (moby#51758). */
export async function findUnpublished(
  containers: readonly InspectedContainer[],
  engine: Engine,
): Promise<readonly Conflict[]> {
  const found = containers.filter(isUnpublished).map(async (container) => {
    const [binding] = container.wanted;
    if (binding === undefined) return [];
    const remedy = await unpublishedRemedy(container, engine);
    const finding = { code: 'not-published', certainty: 'certain', severity: 'warning' } as const;
    return [{ ...finding, binding, remedy }];
  });
  return (await Promise.all(found)).flat();
}

/**
 * What opens the ports of such a container. One that has lost its network (moby#51758, `docker network disconnect`) is
 * started again without it; a network that opens no ports opens none the next time either.
 */
export async function unpublishedRemedy(
  { holder, networks, network }: InspectedContainer,
  engine: Engine,
): Promise<Remedy> {
  const name = shellQuote(holder.name ?? holder.id ?? '');
  if (networks.length === 0) {
    const home = network === 'bridge' && engine.kind === 'podman' ? 'podman' : network;
    return {
      text: 'it is in no network, and a restart does not change that; this puts it back',
      command: `${engine.command} network connect ${shellQuote(home)} ${name}`,
    };
  }
  const open = await Promise.all(networks.map((one) => opensPorts(engine, one)));
  return open.includes(true)
    ? { text: 'start it again', command: `${engine.command} restart ${name}` }
    : {
        text: `its network opens no ports on the host (${networks.join(', ')} is internal, or of a driver without ports); put it into another one, too`,
      };
}

/** The same as a note of a command that has just started it, which is done also where nobody can be asked any more. */
export async function unpublishedNote(
  container: InspectedContainer,
  who: string,
  engine: Engine,
): Promise<string> {
  const found = await unpublishedRemedy(container, engine).catch(asPortplanError);
  const remedy = found instanceof PortplanError ? undefined : found;
  const how = [remedy?.text, remedy?.command].filter((part) => part !== undefined);
  return [`${who} runs without its ports`, ...how].join(': ');
}
