import type { Binding } from '../model/host/binding.ts';
import { type BindingsAt, indexBindings } from '../model/host/overlap.ts';
import { anyAddress, familiesOf } from '../model/ports/address.ts';
import type { HostSocket } from './sockets/read-sockets.ts';

interface EngineSide {
  /** Bindings of containers. */
  readonly bindings: readonly Binding[];
  /** Bindings of swarm services, all in state `claimed`. */
  readonly services: readonly Binding[];
}

/**
 * Merges the bindings of the engine and the sockets of the host. Omits sockets on the endpoint of a published port: they
 * are the engine's forwarders. A service is `ingress` when a socket listens on its port on all addresses, and is omitted
 * when a container of the engine holds its port.
 */
export function mergeBindings(
  engine: EngineSide,
  sockets: readonly HostSocket[],
): readonly Binding[] {
  const held = indexBindings(engine.bindings.filter(({ state }) => state !== 'stopped'));
  const listening = indexBindings(sockets);
  const services = engine.services
    .filter((service) => held(service).length === 0)
    .map((service) =>
      listening(service).some(isOnAny) ? { ...service, state: 'ingress' as const } : service,
    );
  const ingress = indexBindings(services.filter(({ state }) => state === 'ingress'));
  const remaining = sockets.filter(
    (socket) => !isCovered(socket, held) && !isCovered(socket, ingress),
  );
  return [...engine.bindings, ...services, ...remaining];
}

function isOnAny({ address }: Binding): boolean {
  return address === anyAddress;
}

/** Whether a binding of the engine has the address of the socket, or shares an address family with it. */
function isCovered(socket: Binding, at: BindingsAt): boolean {
  const families = familiesOf(socket.address);
  return at(socket).some(({ address }) =>
    familiesOf(address).some((one) => families.includes(one)),
  );
}
