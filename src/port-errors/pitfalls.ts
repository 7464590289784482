import type { Pitfall, PitfallCode } from '../model/findings/explanation.ts';
import type { PortError } from '../model/findings/port-error.ts';
import { isLeftByPodman } from '../model/host/binding.ts';
import { formatRange, inRange } from '../model/ports/port.ts';
import { shellQuote } from '../model/text/safe-text.ts';
import type { ErrorFacts } from './facts.ts';

/** What leads astray in this case. */
export function pitfallsFor(fault: PortError, facts: ErrorFacts): readonly Pitfall[] {
  return traps.flatMap(({ code, applies, tell }) =>
    applies(fault, facts) ? [{ code, ...tell(fault, facts) }] : [],
  );
}

interface PitfallRule {
  readonly code: PitfallCode;
  readonly applies: (fault: PortError, facts: ErrorFacts) => boolean;
  readonly tell: (fault: PortError, facts: ErrorFacts) => Omit<Pitfall, 'code'>;
}

const aboutHolder: ReadonlySet<PortError['code']> = new Set<PortError['code']>([
  'taken-by-container',
  'taken-on-host',
  'pool-exhausted',
  'forwarder-failed',
  'start-refused',
]);

/** Whether the error is about a holder, and none is known. */
function isUnseen({ code }: PortError, { status }: ErrorFacts): boolean {
  return aboutHolder.has(code) && status !== 'held' && status !== 'own' && status !== 'itself';
}

/** Whether the engine is a service of this Linux. */
function isHere({ platform, engine }: ErrorFacts['host']): boolean {
  return platform === 'linux' && engine?.machine === undefined && engine?.elsewhere === undefined;
}

const traps: readonly PitfallRule[] = [
  {
    code: 'airplay',
    applies: ({ port }, { host }) => host.platform === 'darwin' && (port === 5000 || port === 7000),
    tell: () => ({
      text: 'macOS: AirPlay Receiver (ControlCenter) listens on 5000 and 7000; System Settings, General, AirDrop & Handoff switches it off',
    }),
  },
  {
    code: 'excluded-ranges',
    applies: ({ code }) => code === 'excluded-range',
    tell: () => ({
      text: 'the ranges that Windows keeps change with each boot; this shows them',
      command: 'netsh interface ipv4 show excludedportrange protocol=tcp',
    }),
  },
  {
    code: 'privileged-ports',
    applies: ({ code }) => code === 'privileged-port',
    tell: () => ({ text: 'nobody has the port: looking for a holder leads nowhere' }),
  },
  {
    code: 'address-not-local',
    applies: ({ code }) => code === 'address-not-local',
    tell: () => ({
      text: 'an address that comes later (VPN, DHCP, a failover) cannot be bound before it is there: after a boot the engine may be first',
    }),
  },
  {
    code: 'stale-allocation',
    applies: ({ code }, { status, holders, host }) =>
      holders.some(isLeftByPodman) ||
      (code === 'taken-by-container' && (status === 'free' || status === 'unknown')) ||
      (code === 'taken-on-host' && status === 'free' && host.engine?.kind === 'podman'),
    tell: (_fault, { host }) => ({
      text: 'should the engine refuse again in the same words, it remembers a port that nobody has: a restart of the engine clears that',
      ...(isHere(host) && {
        command: `sudo systemctl restart ${host.engine?.kind === 'podman' ? 'podman' : 'docker'}`,
      }),
    }),
  },
  {
    code: 'swarm-service',
    applies: ({ code }, { holders }) =>
      code === 'taken-by-service' || holders.some(({ holder }) => holder.kind === 'service'),
    tell: () => ({
      text: 'the ports of swarm services are not in docker ps; this shows them',
      command: 'docker service ls',
    }),
  },
  {
    code: 'outgoing-connection',
    applies: ({ port, code }, { status, holders, host }) =>
      holders.some(({ state }) => state === 'connected' || state === 'time-wait') ||
      (code === 'taken-on-host' &&
        status === 'free' &&
        port !== undefined &&
        host.ephemeral !== undefined &&
        inRange(port, host.ephemeral)),
    tell: (_fault, { host }) => ({
      text: `outgoing connections draw their local ports from ${host.ephemeral === undefined ? 'the same range' : formatRange(host.ephemeral)}: one may have this port for a while; choose one below`,
    }),
  },
  {
    code: 'virtual-machine',
    applies: (fault, facts) => isUnseen(fault, facts) && facts.host.engine?.machine !== undefined,
    tell: (_fault, { host }) => ({
      text: `the engine runs in a virtual machine (${host.engine?.machine}): the port may be taken in there or on this host`,
    }),
  },
  {
    code: 'other-host',
    applies: (fault, facts) => isUnseen(fault, facts) && facts.host.engine?.elsewhere !== undefined,
    tell: (_fault, { host }) => ({
      text: `the engine publishes on ${host.engine?.elsewhere}: programs of that side are not seen from here; run portplan there`,
    }),
  },
  {
    code: 'wsl',
    applies: (fault, facts) => isUnseen(fault, facts) && facts.host.wsl,
    tell: ({ port }) => ({
      text: 'this is WSL: a program of Windows may have the port; in Windows this shows it',
      command: `netstat -ano | findstr :${port ?? 8080}`,
    }),
  },
  {
    code: 'published-twice',
    applies: ({ code, port }, { status }) =>
      code === 'taken-on-host' && port === undefined && status !== 'held',
    tell: () => ({
      text: 'Docker 28 says this without a port, and also when one container asks for the same port twice; portplan check in the folder of the compose file finds that',
    }),
  },
  {
    code: 'leftover-container',
    applies: (_fault, { leftover, status }) =>
      leftover !== undefined &&
      leftover.project === undefined &&
      !leftover.ranBefore &&
      status !== 'own',
    tell: (_fault, { leftover, host }) => ({
      text: 'the container was created and keeps its name; to run it anew with other ports, remove it first',
      command: `${host.engine?.command ?? 'docker'} rm ${shellQuote(leftover?.name ?? '')}`,
    }),
  },
  {
    code: 'replicas',
    applies: (_fault, { leftover, holders }) =>
      leftover?.service !== undefined &&
      holders.some(
        ({ holder }) =>
          holder.kind === 'container' &&
          holder.project === leftover.project &&
          holder.service === leftover.service,
      ),
    tell: () => ({
      text: 'both are containers of one service, which cannot share a fixed port: publish a range (8080-8089:80) or no host port (80), or run one of them',
    }),
  },
  {
    code: 'inside-container',
    applies: ({ code }) => code === 'taken-for-program',
    tell: () => ({
      text: 'a program in a container listens in the network of the container: what has the port on the host is not in its way, and another published port does not help',
    }),
  },
];
