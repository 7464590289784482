import type { Binding } from '../model/host/binding.ts';
import { type BindingsAt, indexBindings } from '../model/host/overlap.ts';
import { anyAddress, familiesOf } from '../model/ports/address.ts';
import type { HostSocket } from './sockets/read-sockets.ts';

interface EngineSide {
  /** Of containers. */
  readonly bindings: readonly Binding[];
  /** Of swarm services, all as mere claims. */
  readonly services: readonly Binding[];
}

/**
 * One list of what the engine and the host's sockets tell. A socket that stands where a container publishes is the
 * engine's forwarder and left out; a service whose ingress port is listened on, or whose task publishes, is told as
 * programmed.
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
  const own = sockets.filter((socket) => !isCovered(socket, held) && !isCovered(socket, ingress));
  return [...engine.bindings, ...services, ...own];
}

function isOnAny({ address }: Binding): boolean {
  return address === anyAddress;
}

/** Whether something of the engine is bound to the very address of the socket, or to one of its two families. */
function isCovered(socket: Binding, at: BindingsAt): boolean {
  const families = familiesOf(socket.address);
  return at(socket).some(({ address }) =>
    familiesOf(address).some((one) => families.includes(one)),
  );
}
