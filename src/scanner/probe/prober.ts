import type { Binding, Endpoint } from '../../model/host/binding.ts';
import { isWildcard } from '../../model/ports/address.ts';
import type { ScanResult } from '../scan.ts';
import { readConnections, readProcesses } from '../sockets/read-sockets.ts';
import { isFreeEverywhere } from './any-free-port.ts';
import { type BindResult, probeEndpoints } from './probe.ts';
import { withProbeLock } from './probe-lock.ts';

/** Returns functions that bind endpoints on this host and find their holders; `undefined` when the engine publishes elsewhere. */
export function createProber(host: Pick<ScanResult, 'canProbe' | 'state' | 'facts' | 'snapshot'>) {
  if (!host.canProbe) return undefined;
  const { facts, state } = host;
  const options = { platform: facts.platform, reuseUdp: state.rules.udpReuseAddress };
  return {
    probe: (endpoints: readonly Endpoint[]) =>
      withProbeLock(async () => {
        const results = await probeEndpoints(endpoints, options);
        return listsSockets(host) ? results : confirmEverywhere(endpoints, results);
      }),
    findHolders: (endpoints: readonly Endpoint[]): Promise<readonly Binding[]> =>
      withProbeLock(async () => {
        const ports = new Set<number>(endpoints.map(({ port }) => port));
        const [{ sockets }, connections] = await Promise.all([
          readProcesses(),
          readConnections(ports),
        ]);
        return [...sockets.filter(({ port }) => ports.has(port)), ...connections];
      }),
  };
}

function listsSockets({ snapshot }: Pick<ScanResult, 'snapshot'>): boolean {
  return snapshot.sources.some(({ name, status }) => name === 'processes' && status !== 'absent');
}

/** Binds every single address of the endpoints whose wildcard bind succeeded. */
function confirmEverywhere(
  endpoints: readonly Endpoint[],
  results: readonly BindResult[],
): Promise<readonly BindResult[]> {
  return Promise.all(
    results.map(async (result, index): Promise<BindResult> => {
      const endpoint = endpoints[index];
      const isUncertain =
        result.kind === 'free' && endpoint?.protocol === 'tcp' && isWildcard(endpoint.address);
      return !isUncertain || (await isFreeEverywhere(endpoint.port)) ? result : { kind: 'taken' };
    }),
  );
}
