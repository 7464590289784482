import type { PublishHost } from '../engine/connect/publish-host.ts';
import { platformTraitsOf, type Rules } from '../model/host/engine-traits.ts';
import type { PortFacts } from '../model/host/host-state.ts';
import { anyIPv6 } from '../model/ports/address.ts';
import type { HostFacts } from './host-facts.ts';
import type { EngineReading } from './read-engine.ts';

/** What is worth knowing of how well the host can be seen. */
export function hostNotes(facts: HostFacts, reach: PublishHost | undefined): readonly string[] {
  return [
    ...(reach?.kind === 'unsure'
      ? [`it is not certain that the engine publishes on this host: ${reach.reason}`]
      : []),
    ...(reach?.kind === 'forwarded-silently'
      ? [
          `${reach.by} starts a container even when its port is taken on this host, and then does not forward it`,
        ]
      : []),
    ...(facts.insideContainer && reach === undefined
      ? ['portplan runs in a container and sees the sockets of that container only']
      : []),
    ...(facts.wsl
      ? ['this is WSL: programs of Windows hold ports that are not seen from here']
      : []),
  ];
}

/** The rules of the engine on this platform. `local`: its ports are those of this host. */
export function rulesFor(
  { traits }: Pick<EngineReading, 'traits'>,
  facts: HostFacts,
  local: boolean,
): Rules {
  const hasIPv6 = !local || facts.ipv6;
  const anyAddresses = hasIPv6
    ? traits.anyAddresses
    : traits.anyAddresses.filter((address) => address !== anyIPv6);
  return {
    ...traits,
    anyAddresses,
    platform: platformTraitsOf(local ? facts.platform : 'linux'),
    ephemeral: facts.ephemeral,
  };
}

/** What the planner must know of the host beside its bindings. */
export function portFactsFor(
  { engine }: Pick<EngineReading, 'engine'>,
  facts: HostFacts,
  local: boolean,
): PortFacts {
  const rootless = local && engine?.facts.rootless === true;
  return {
    platform: local ? facts.platform : 'linux',
    ephemeral: facts.ephemeral,
    reserved: local ? facts.reserved : [],
    excluded: local ? facts.excluded : [],
    firstPort: rootless ? facts.unprivilegedStart : 1,
  };
}
