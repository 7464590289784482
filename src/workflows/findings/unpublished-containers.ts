import type { InspectedContainer } from '../../engine/containers/inspect.ts';
import { opensPorts } from '../../engine/networks/networks.ts';
import type { Engine } from '../../engine/open-engine.ts';
import { asPortplanError, PortplanError } from '../../errors.ts';
import type { Conflict, Remedy } from '../../model/findings/conflict.ts';
import { shellQuote } from '../../model/text/safe-text.ts';

/** Returns whether a container runs without any of its published ports. */
export function isUnpublished({ state, publishes, published }: InspectedContainer): boolean {
  return state === 'running' && publishes && !published;
}

/** Finds running containers without any of their published ports; the engine reports no error (moby#51758). */
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
 * Returns what opens the ports of such a container. A restart does not help a container that lost its network
 * (moby#51758, `docker network disconnect`), nor one in a network that publishes no ports.
 */
export async function unpublishedRemedy(
  { holder, networks, network }: InspectedContainer,
  engine: Engine,
): Promise<Remedy> {
  const name = shellQuote(holder.name ?? holder.id ?? '');
  if (networks.length === 0) {
    const home = network === 'bridge' && engine.kind === 'podman' ? 'podman' : network;
    return {
      text: 'the container is in no network, and a restart does not change that; reconnect it',
      command: `${engine.command} network connect ${shellQuote(home)} ${name}`,
    };
  }
  const open = await Promise.all(networks.map((one) => opensPorts(engine, one)));
  return open.includes(true)
    ? { text: 'restart the container', command: `${engine.command} restart ${name}` }
    : {
        text: `its network opens no ports on the host (${networks.join(', ')} is internal, or its driver publishes no ports); connect it to another network`,
      };
}

/** Returns the same as a note, for a command that has just started the container; never throws. */
export async function unpublishedNote(
  container: InspectedContainer,
  subject: string,
  engine: Engine,
): Promise<string> {
  const found = await unpublishedRemedy(container, engine).catch(asPortplanError);
  const remedy = found instanceof PortplanError ? undefined : found;
  const fix = [remedy?.text, remedy?.command].filter((part) => part !== undefined);
  return [`${subject} runs without its ports`, ...fix].join(': ');
}
