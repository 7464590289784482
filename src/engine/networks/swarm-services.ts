import type { Binding } from '../../model/host/binding.ts';
import { anyAddress } from '../../model/ports/address.ts';
import { isPort, isProtocol } from '../../model/ports/port.ts';
import type { ServiceEntry } from '../client/api-types.ts';
import type { Engine } from '../open-engine.ts';

/**
 * The host ports of a swarm's services. They are `claimed`: whether the engine has programmed the ingress, or runs a
 * task on this node, is told by its listeners and its containers, not by this list.
 * @throws PortplanError
 */
export async function listServices({
  client,
}: Pick<Engine, 'client'>): Promise<readonly Binding[]> {
  const services = await client.read('services', 'list its services', '/services');
  return services.flatMap(toBindings);
}

function toBindings({ ID: id = '', Spec, Endpoint }: ServiceEntry): readonly Binding[] {
  return (Endpoint?.Ports ?? []).flatMap(
    ({ Protocol = 'tcp', TargetPort: target, PublishedPort = 0, PublishMode }) => {
      if (!isPort(PublishedPort) || !isProtocol(Protocol)) return [];
      const mode = PublishMode === 'host' ? 'host' : 'ingress';
      const holder = { kind: 'service', id, name: Spec?.Name ?? id, mode, target } as const;
      return [
        { address: anyAddress, port: PublishedPort, protocol: Protocol, holder, state: 'claimed' },
      ];
    },
  );
}
