import type { Binding, Endpoint } from '../../model/host/binding.ts';
import { isWildcard } from '../../model/ports/address.ts';
import type { ScanResult } from '../scan.ts';
import { readConnections, readProcesses } from '../sockets/read-sockets.ts';
import { isFreeEverywhere } from './any-free-port.ts';
import { type ProbeAnswer, probeEndpoints } from './probe.ts';
import { withProbeLock } from './probe-lock.ts';

/** Binds endpoints on this host and says who is in the way; nothing where that tells nothing about the engine's ports. */
export function createProber(host: Pick<ScanResult, 'canProbe' | 'state' | 'facts' | 'snapshot'>) {
  if (!host.canProbe) return undefined;
  const { facts, state } = host;
  const options = { platform: facts.platform, reuseUdp: state.rules.udpReuseAddress };
  return {
    probe: (endpoints: readonly Endpoint[]) =>
      withProbeLock(async () => {
        const answers = await probeEndpoints(endpoints, options);
        return listsSockets(host) ? answers : confirmEverywhere(endpoints, answers);
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

/** What a wildcard bind calls free is asked once more of every single address. */
function confirmEverywhere(
  endpoints: readonly Endpoint[],
  answers: readonly ProbeAnswer[],
): Promise<readonly ProbeAnswer[]> {
  return Promise.all(
    answers.map(async (answer, index): Promise<ProbeAnswer> => {
      const endpoint = endpoints[index];
      const doubtful =
        answer.kind === 'free' && endpoint?.protocol === 'tcp' && isWildcard(endpoint.address);
      return !doubtful || (await isFreeEverywhere(endpoint.port)) ? answer : { kind: 'taken' };
    }),
  );
}
