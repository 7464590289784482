import type { ContainerInspect, PortMap } from '../../engine/client/api-types.ts';
import { createContainer, startContainer } from '../../engine/containers/lifecycle.ts';
import { connectNetwork } from '../../engine/networks/networks.ts';
import type { Engine } from '../../engine/open-engine.ts';
import { compareVersions } from '../../model/host/engine-traits.ts';
import { toRecreation } from './create-request.ts';
import { stripLeadingSlash } from './names.ts';

/**
 * Makes a container again that was removed, from what the engine told of it while it ran: same image, configuration,
 * networks, volumes and host ports, also those that the engine had chosen. Its own files are gone.
 * @throws PortplanError
 */
export async function recreateContainer(
  engine: Engine,
  container: ContainerInspect,
): Promise<void> {
  const { body, connections } = toRecreation(container, {
    image: container.Image ?? container.Config?.Image ?? '',
    ports: portsOf(container),
    labels: {},
    allNetworks: compareVersions(engine.apiVersion, '1.44') >= 0,
  });
  const id = await createContainer(engine, { name: stripLeadingSlash(container.Name), body });
  for (const { network, endpoint } of connections)
    await connectNetwork(engine, network, id, endpoint);
  await startContainer(engine, id);
}

/** The ports as they were asked for, and in the place of those that the engine chose what it had chosen. */
function portsOf({ HostConfig, NetworkSettings }: ContainerInspect): PortMap {
  const open = NetworkSettings?.Ports ?? {};
  return Object.fromEntries(
    Object.entries(HostConfig?.PortBindings ?? {}).map(([target, asked]) => {
      const isFixed = (asked ?? []).every(({ HostPort = '' }) => Number(HostPort) > 0);
      return [target, isFixed ? asked : (open[target] ?? asked)];
    }),
  );
}
