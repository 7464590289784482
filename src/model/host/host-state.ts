import { familiesOf } from '../ports/address.ts';
import type { PortRange } from '../ports/port.ts';
import type { Binding, Endpoint } from './binding.ts';
import type { Rules } from './engine-traits.ts';

/** Facts about the ports of a host that do not depend on their holders. */
export interface PortFacts {
  /** `process.platform` of the host that opens the ports. */
  readonly platform: string;
  /** The range that the engine and outgoing connections allocate ports from. */
  readonly ephemeral?: PortRange | undefined;
  /** `ip_local_reserved_ports`: reserved by the administrator. */
  readonly reserved: readonly PortRange[];
  /** The excluded port ranges of Windows, where every bind fails. */
  readonly excluded: readonly PortRange[];
  /** The lowest port that the engine may open; 1 for an engine that runs as root. */
  readonly firstPort: number;
}

/** The input of the planner: the bindings of a host, the rules of its engine and the facts about its ports. */
export interface HostState {
  readonly bindings: readonly Binding[];
  readonly rules: Rules;
  readonly ports: PortFacts;
}

/** Returns the host with these endpoints held by an unknown holder. */
export function withTaken(host: HostState, endpoints: readonly Endpoint[]): HostState {
  const taken = endpoints.flatMap(({ address, port, protocol }): Binding[] =>
    familiesOf(address).map((family) => ({
      address: family,
      port,
      protocol,
      holder: { kind: 'unseen' },
      state: 'bound',
      reuseAddress: false,
    })),
  );
  return { ...host, bindings: [...host.bindings, ...taken] };
}
