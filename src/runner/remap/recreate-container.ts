import type { ContainerInspect, PortMap } from '../../engine/client/api-types.ts';
import { createContainer, startContainer } from '../../engine/containers/lifecycle.ts';
import { connectNetwork } from '../../engine/networks/networks.ts';
import type { Engine } from '../../engine/open-engine.ts';
import { compareVersions } from '../../model/host/engine-traits.ts';
import { toRecreation } from './create-request.ts';
import { stripLeadingSlash } from './names.ts';

/**
 * Recreates and starts a removed container from its earlier inspect response: same image, configuration, networks, volumes
 * and host ports, including ports that the engine had chosen. Files outside volumes are lost.
 * @throws PortplanError
 */
export async function recreateContainer(
  engine: Engine,
  container: ContainerInspect,
): Promise<void> {
  const { body, connections } = toRecreation(container, {
    image: container.Image ?? container.Config?.Image ?? '',
    ports: portBindingsOf(container),
    labels: {},
    allNetworks: compareVersions(engine.apiVersion, '1.44') >= 0,
  });
  const id = await createContainer(engine, { name: stripLeadingSlash(container.Name), body });
  for (const { network, endpoint } of connections)
    await connectNetwork(engine, network, id, endpoint);
  await startContainer(engine, id);
}

/** Returns the requested ports, with the ports that the engine had chosen in place of engine-chosen ones. */
function portBindingsOf({ HostConfig, NetworkSettings }: ContainerInspect): PortMap {
  const open = NetworkSettings?.Ports ?? {};
  return Object.fromEntries(
    Object.entries(HostConfig?.PortBindings ?? {}).map(([target, requested]) => {
      const isFixed = (requested ?? []).every(({ HostPort = '' }) => Number(HostPort) > 0);
      return [target, isFixed ? requested : (open[target] ?? requested)];
    }),
  );
}
