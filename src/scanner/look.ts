import type { Binding, Endpoint } from '../model/binding.ts';
import { probeEndpoints } from './probe.ts';
import { readConnections, readProcesses } from './processes/index.ts';
import type { ScannedHost } from './scan.ts';

/** Binds endpoints on this host and says who is in the way; nothing where that tells nothing about the engine's ports. */
export function createLook({ canProbe, state, facts }: ScannedHost) {
  if (!canProbe) return undefined;
  return {
    probe: (endpoints: readonly Endpoint[]) =>
      probeEndpoints(endpoints, {
        platform: facts.platform,
        reuseUdp: state.rules.udpReuseAddress,
      }),
    explain: async (endpoints: readonly Endpoint[]): Promise<readonly Binding[]> => {
      const ports = new Set<number>(endpoints.map(({ port }) => port));
      const [{ sockets }, connections] = await Promise.all([
        readProcesses(),
        readConnections(ports),
      ]);
      return [...sockets.filter(({ port }) => ports.has(port)), ...connections];
    },
  };
}
