import { familiesOf } from '../ports/address.ts';
import type { PortRange } from '../ports/port.ts';
import type { Binding, Endpoint } from './binding.ts';
import type { Rules } from './engine-traits.ts';

/** What is known of a host's ports beside who holds them. */
export interface PortFacts {
  /** `process.platform` of the host that the ports are for. */
  readonly platform: string;
  /** What outgoing connections and the engine draw from. */
  readonly ephemeral?: PortRange | undefined;
  /** `ip_local_reserved_ports`: reserved by the administrator. */
  readonly reserved: readonly PortRange[];
  /** Windows' excluded ranges: no bind succeeds there. */
  readonly excluded: readonly PortRange[];
  /** The lowest port that the engine may open; 1 for one that runs as root. */
  readonly firstPort: number;
}

/** A host as the planner sees it: who holds what, and the rules of its engine. */
export interface HostState {
  readonly bindings: readonly Binding[];
  readonly rules: Rules;
  readonly ports: PortFacts;
}

/** Returns the host with these endpoints taken by an unknown holder. */
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
