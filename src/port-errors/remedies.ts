import type { Remedy } from '../model/findings/conflict.ts';
import type { PortError, PortErrorCode } from '../model/findings/port-error.ts';
import { isLeftByPodman } from '../model/host/binding.ts';
import { formatAddressPort } from '../model/ports/address.ts';
import { shellQuote } from '../model/text/safe-text.ts';
import type { ErrorFacts } from './facts.ts';

/** More remedies than this are not read. */
const maxRemedies = 3;

/** Killing the process would also free the port, but stop the engine for all users. */
const restartPodman: Remedy = {
  text: 'podman still holds the port of a failed start; a restart of its service releases it',
  command: 'sudo systemctl restart podman',
};

/** Returns at most three remedies for an error, best first. */
export function remediesFor(error: PortError, facts: ErrorFacts): readonly Remedy[] {
  const other = otherPort(error, facts);
  return [
    ...[...byStatus(facts), ...byCode(error, facts)].slice(0, maxRemedies - other.length),
    ...other,
  ];
}

function byStatus({ status, holders, freeing, leftover, host }: ErrorFacts): readonly Remedy[] {
  switch (status) {
    case 'held':
    case 'perhaps':
      return holders.some(isLeftByPodman) ? [restartPodman] : freeing;
    case 'own':
      return [{ text: 'nothing to do: the container has its port now' }];
    case 'itself':
      return [{ text: 'the container publishes this port twice: remove one of the two' }];
    case 'free':
      return [
        {
          text: 'the port is free now: start the container again',
          ...(leftover && { command: `${commandOf(host)} start ${shellQuote(leftover.name)}` }),
        },
      ];
    case 'unknown':
    case 'unasked':
      return [];
    default:
      return status satisfies never;
  }
}

function otherPort(error: PortError, { status, suggestion }: ErrorFacts): readonly Remedy[] {
  if (suggestion === undefined || status === 'own' || status === 'itself') return [];
  const { address, port } = suggestion;
  const place = address === '*' ? `${port}` : formatAddressPort(address, port);
  const how = error.code === 'taken-for-program' ? 'listen on another' : 'publish on another host';
  return [{ text: `${how} port: ${place} is free` }];
}

function byCode(error: PortError, facts: ErrorFacts): readonly Remedy[] {
  return remediesByCode[error.code]?.(error, facts) ?? [];
}

const addressTools: Readonly<Record<string, string>> = { darwin: 'ifconfig', win32: 'ipconfig' };

const remediesByCode: Readonly<
  Partial<Record<PortErrorCode, (error: PortError, facts: ErrorFacts) => readonly Remedy[]>>
> = {
  'privileged-port': ({ port }) => [
    {
      text: 'let programs without root open the port (until the next boot)',
      command: `sudo sysctl net.ipv4.ip_unprivileged_port_start=${port ?? 80}`,
    },
  ],
  'address-not-local': (_error, { host }) => [
    {
      text: 'publish on an address that the host has',
      command: addressTools[host.platform] ?? 'ip -brief address',
    },
    { text: 'publish on every address (-p 8080:80), or on 127.0.0.1 for this host alone' },
  ],
  'excluded-range': () => [
    {
      text: 'as administrator, release the ranges so that Windows assigns new ones',
      command: 'net stop winnat && net start winnat',
    },
  ],
  'bad-range': () => [
    { text: 'write a range such as 8000-8010:80, or leave the choice to the engine: -p 80' },
  ],
  'bad-protocol': ({ protocol, message }) =>
    protocol === 'sctp' || /not supported/.test(message)
      ? [
          { text: 'load the sctp module of the kernel', command: 'sudo modprobe sctp' },
          { text: 'if sctp is not needed, publish tcp or udp' },
        ]
      : [{ text: 'write tcp or udp after the slash: -p 8080:80/udp' }],
  'bad-publish': () => [
    { text: 'write [address:][host port:]container port[/protocol], as in -p 127.0.0.1:8080:80' },
    { text: 'portplan check -p PUBLISH shows which part is wrong' },
  ],
  'network-mode': () => [
    { text: 'publish the ports on the container (in Compose: the service) whose network it uses' },
    { text: 'give it its own network: remove --network container:… or network_mode' },
  ],
  'proxy-failed': (_error, { host }) =>
    host.platform === 'linux'
      ? [{ text: 'read the log of the engine', command: 'journalctl -u docker -n 50' }]
      : [],
  'forwarder-failed': () => [
    { text: 'list the holders of ports on this host', command: 'portplan ps' },
    { text: 'if the port is free, restart Docker Desktop' },
  ],
  'start-refused': () => [{ text: 'run it detached (-d): the engine then reports the reason' }],
  'taken-by-service': (_error, { freeing }) =>
    freeing.length > 0 ? [] : [{ text: 'publish another port for one of the two services' }],
  'taken-on-host': showAll,
  'taken-by-container': showAll,
  'pool-exhausted': (error, facts) => [
    ...showAll(error, facts),
    { text: 'allow more ports (-p 8000-8010:80), or any free port (-p 80)' },
  ],
  'taken-for-program': (_error, { status }) =>
    status === 'held' || status === 'perhaps'
      ? []
      : [{ text: 'let only one program in the container listen on the port' }],
};

/** For messages that name no port, of a container that is not known. */
function showAll(_error: PortError, { status }: ErrorFacts): readonly Remedy[] {
  return status === 'unasked'
    ? [{ text: 'list all taken ports and their holders', command: 'portplan ps' }]
    : [];
}

function commandOf({ engine }: ErrorFacts['host']): string {
  return engine?.command ?? 'docker';
}
