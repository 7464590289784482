import type { Binding, Holder } from '../../src/model/host/binding.ts';
import {
  defaultRules,
  type EngineVersion,
  platformTraitsOf,
  type Rules,
  traitsOf,
} from '../../src/model/host/engine-traits.ts';
import type { HostState } from '../../src/model/host/host-state.ts';
import { parsePublish } from '../../src/model/ports/parse-publish.ts';
import { toPort } from '../../src/model/ports/port.ts';
import type { Publish } from '../../src/model/ports/publish.ts';

/** Returns the publishes of values of `-p`. */
export function publishes(...specs: readonly string[]): readonly Publish[] {
  return specs.flatMap((spec) => parsePublish(spec));
}

export function rulesOf(engine: EngineVersion, platform = 'linux'): Rules {
  return { ...traitsOf(engine), platform: platformTraitsOf(platform) };
}

export const web: Holder = { kind: 'container', id: 'c0ffee', name: 'web-1' };
export const node: Holder = { kind: 'process', pid: 7, name: 'node' };

/** Returns bindings at the endpoints of a value of `-p`, held by a running container or a listening process. */
export function held(
  spec: string,
  holder: Holder = node,
  more: Partial<Binding> = {},
): readonly Binding[] {
  return publishes(`${spec}:80`).map(({ address, hostPorts, protocol }) => ({
    address,
    port: toPort(hostPorts?.first ?? 0),
    protocol,
    holder,
    state: holder.kind === 'container' ? 'running' : 'listening',
    ...more,
  }));
}

/** Returns a Linux host with these bindings and an engine that runs as root. */
export function hostWith(
  bindings: readonly Binding[] = [],
  { rules = defaultRules, ...ports }: { readonly rules?: Rules } & Partial<HostState['ports']> = {},
): HostState {
  return {
    bindings,
    rules,
    ports: { platform: 'linux', reserved: [], excluded: [], firstPort: 1, ...ports },
  };
}

export function range(first: number, last: number) {
  return { first: toPort(first), last: toPort(last) };
}
