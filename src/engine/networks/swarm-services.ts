import type { Binding } from '../../model/host/binding.ts';
import { anyAddress } from '../../model/ports/address.ts';
import { isPort, isProtocol } from '../../model/ports/port.ts';
import type { ServiceEntry } from '../client/api-types.ts';
import type { Engine } from '../open-engine.ts';

/**
 * Returns the host ports of swarm services, in state `claimed`. The list does not show whether the engine has set up the
 * ingress or runs a task on this node; its listeners and containers do.
 * @throws PortplanError
 */
export async function listServices({
  client,
}: Pick<Engine, 'client'>): Promise<readonly Binding[]> {
  const services = await client.read('services', 'listing services', '/services');
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
