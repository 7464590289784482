import type { Pitfall, PitfallCode } from '../model/findings/explanation.ts';
import type { PortError } from '../model/findings/port-error.ts';
import { isLeftByPodman } from '../model/host/binding.ts';
import { formatRange, inRange } from '../model/ports/port.ts';
import { shellQuote } from '../model/text/safe-text.ts';
import type { ErrorFacts } from './facts.ts';

/** Returns the pitfalls that apply to this error: facts that mislead people who look for the cause. */
export function pitfallsFor(error: PortError, facts: ErrorFacts): readonly Pitfall[] {
  return rules.flatMap(({ code, applies, describe }) =>
    applies(error, facts) ? [{ code, ...describe(error, facts) }] : [],
  );
}

interface PitfallRule {
  readonly code: PitfallCode;
  readonly applies: (error: PortError, facts: ErrorFacts) => boolean;
  readonly describe: (error: PortError, facts: ErrorFacts) => Omit<Pitfall, 'code'>;
}

const aboutHolder: ReadonlySet<PortError['code']> = new Set<PortError['code']>([
  'taken-by-container',
  'taken-on-host',
  'pool-exhausted',
  'forwarder-failed',
  'start-refused',
]);

/** Returns whether the error is about a holder and none was found. */
function isUnseen({ code }: PortError, { status }: ErrorFacts): boolean {
  return aboutHolder.has(code) && status !== 'held' && status !== 'own' && status !== 'itself';
}

/** Returns whether the engine is a service of this Linux host. */
function isHere({ platform, engine }: ErrorFacts['host']): boolean {
  return platform === 'linux' && engine?.machine === undefined && engine?.elsewhere === undefined;
}

const rules: readonly PitfallRule[] = [
  {
    code: 'airplay',
    applies: ({ port }, { host }) => host.platform === 'darwin' && (port === 5000 || port === 7000),
    describe: () => ({
      text: 'macOS: AirPlay Receiver (ControlCenter) listens on 5000 and 7000; turn it off in System Settings, General, AirDrop & Handoff',
    }),
  },
  {
    code: 'excluded-ranges',
    applies: ({ code }) => code === 'excluded-range',
    describe: () => ({
      text: 'the ranges that Windows reserves change with each boot; list them with',
      command: 'netsh interface ipv4 show excludedportrange protocol=tcp',
    }),
  },
  {
    code: 'privileged-ports',
    applies: ({ code }) => code === 'privileged-port',
    describe: () => ({ text: 'no program holds the port: do not search for a holder' }),
  },
  {
    code: 'address-not-local',
    applies: ({ code }) => code === 'address-not-local',
    describe: () => ({
      text: 'an address that is assigned later (VPN, DHCP, failover) cannot be bound before; after a boot the engine may start first',
    }),
  },
  {
    code: 'stale-allocation',
    applies: ({ code }, { status, holders, host }) =>
      holders.some(isLeftByPodman) ||
      (code === 'taken-by-container' && (status === 'free' || status === 'unknown')) ||
      (code === 'taken-on-host' && status === 'free' && host.engine?.kind === 'podman'),
    describe: (_error, { host }) => ({
      text: 'if the engine fails again with the same message, its port allocation is stale; a restart of the engine clears it',
      ...(isHere(host) && {
        command: `sudo systemctl restart ${host.engine?.kind === 'podman' ? 'podman' : 'docker'}`,
      }),
    }),
  },
  {
    code: 'swarm-service',
    applies: ({ code }, { holders }) =>
      code === 'taken-by-service' || holders.some(({ holder }) => holder.kind === 'service'),
    describe: () => ({
      text: 'docker ps does not show the ports of swarm services; list them with',
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
    describe: (_error, { host }) => ({
      text: `outgoing connections take local ports from ${host.ephemeral === undefined ? 'the same range' : formatRange(host.ephemeral)}, so one may hold this port for a while; choose a port below the range`,
    }),
  },
  {
    code: 'virtual-machine',
    applies: (error, facts) => isUnseen(error, facts) && facts.host.engine?.machine !== undefined,
    describe: (_error, { host }) => ({
      text: `the engine runs in a virtual machine (${host.engine?.machine}): the port may be taken inside it or on this host`,
    }),
  },
  {
    code: 'other-host',
    applies: (error, facts) => isUnseen(error, facts) && facts.host.engine?.elsewhere !== undefined,
    describe: (_error, { host }) => ({
      text: `the engine publishes on ${host.engine?.elsewhere}: programs on that host are not visible from here; run portplan there`,
    }),
  },
  {
    code: 'wsl',
    applies: (error, facts) => isUnseen(error, facts) && facts.host.wsl,
    describe: ({ port }) => ({
      text: 'this is WSL: a Windows program may hold the port; find it on Windows with',
      command: `netstat -ano | findstr :${port ?? 8080}`,
    }),
  },
  {
    code: 'published-twice',
    applies: ({ code, port }, { status }) =>
      code === 'taken-on-host' && port === undefined && status !== 'held',
    describe: () => ({
      text: 'Docker 28 reports this without a port, also when one container publishes the same port twice; run portplan check in the folder of the Compose file to find it',
    }),
  },
  {
    code: 'leftover-container',
    applies: (_error, { leftover, status }) =>
      leftover !== undefined &&
      leftover.project === undefined &&
      !leftover.ranBefore &&
      status !== 'own',
    describe: (_error, { leftover, host }) => ({
      text: 'the container was created and still has its name; remove it before you run it with other ports',
      command: `${host.engine?.command ?? 'docker'} rm ${shellQuote(leftover?.name ?? '')}`,
    }),
  },
  {
    code: 'replicas',
    applies: (_error, { leftover, holders }) =>
      leftover?.service !== undefined &&
      holders.some(
        ({ holder }) =>
          holder.kind === 'container' &&
          holder.project === leftover.project &&
          holder.service === leftover.service,
      ),
    describe: () => ({
      text: 'both are containers of one service and cannot share a fixed port: publish a range (8080-8089:80) or no host port (80), or run only one',
    }),
  },
  {
    code: 'inside-container',
    applies: ({ code }) => code === 'taken-for-program',
    describe: () => ({
      text: 'a program in a container listens in the network of the container: a holder on the host does not block it, and another published port does not help',
    }),
  },
];
