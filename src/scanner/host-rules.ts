import type { PublishHost } from '../engine/connect/publish-host.ts';
import { platformTraitsOf, type Rules } from '../model/host/engine-traits.ts';
import type { PortFacts } from '../model/host/host-state.ts';
import { anyIPv6 } from '../model/ports/address.ts';
import type { HostFacts } from './host-facts.ts';
import type { EngineReading } from './read-engine.ts';

/** Returns notes about the limits of what portplan can see on this host. */
export function hostNotes(
  facts: HostFacts,
  publishHost: PublishHost | undefined,
): readonly string[] {
  return [
    ...(publishHost?.kind === 'unsure'
      ? [`cannot determine whether the engine publishes on this host: ${publishHost.reason}`]
      : []),
    ...(publishHost?.kind === 'forwarded-silently'
      ? [
          `${publishHost.by} starts a container even if its port is taken on this host, and then does not forward that port`,
        ]
      : []),
    ...(facts.insideContainer && publishHost === undefined
      ? ['portplan runs in a container and sees only the sockets of that container']
      : []),
    ...(facts.wsl ? ['this is WSL: ports held by Windows programs are not visible'] : []),
  ];
}

/** Whether the engine publishes on this host. */
interface HostScope {
  readonly isLocal: boolean;
}

/** Returns the engine's port rules on the platform where it publishes. */
export function rulesFor(
  { traits }: Pick<EngineReading, 'traits'>,
  facts: HostFacts,
  { isLocal }: HostScope,
): Rules {
  const hasIPv6 = !isLocal || facts.ipv6;
  const anyAddresses = hasIPv6
    ? traits.anyAddresses
    : traits.anyAddresses.filter((address) => address !== anyIPv6);
  return {
    ...traits,
    anyAddresses,
    platform: platformTraitsOf(isLocal ? facts.platform : 'linux'),
    ephemeral: facts.ephemeral,
  };
}

/** Returns the port ranges of the host for the planner. */
export function portFactsFor(
  { engine }: Pick<EngineReading, 'engine'>,
  facts: HostFacts,
  { isLocal }: HostScope,
): PortFacts {
  const rootless = isLocal && engine?.facts.rootless === true;
  return {
    platform: isLocal ? facts.platform : 'linux',
    ephemeral: facts.ephemeral,
    reserved: isLocal ? facts.reserved : [],
    excluded: isLocal ? facts.excluded : [],
    firstPort: rootless ? facts.unprivilegedStart : 1,
  };
}
