import type { Remedy } from '../model/findings/conflict.ts';
import type { PortError, PortErrorCode } from '../model/findings/port-error.ts';
import { isLeftByPodman } from '../model/host/binding.ts';
import { formatAddressPort } from '../model/ports/address.ts';
import { shellQuote } from '../model/text/safe-text.ts';
import type { ErrorFacts } from './facts.ts';

/** No more than so many are read. */
const most = 3;

/** Ending the process would do the same, and take the engine away from everybody. */
const restartPodman: Remedy = {
  text: 'podman itself kept it from a start that failed half-way; a restart of its service gives it back',
  command: 'sudo systemctl restart podman',
};

/** What to do about an error, the best first. */
export function remediesFor(fault: PortError, facts: ErrorFacts): readonly Remedy[] {
  const other = elsewhere(fault, facts);
  return [...[...byStatus(facts), ...byCode(fault, facts)].slice(0, most - other.length), ...other];
}

function byStatus({ status, holders, freeing, leftover, host }: ErrorFacts): readonly Remedy[] {
  switch (status) {
    case 'held':
    case 'perhaps':
      return holders.some(isLeftByPodman) ? [restartPodman] : freeing;
    case 'own':
      return [{ text: 'nothing is left to do: the container has its port now' }];
    case 'itself':
      return [{ text: 'the container publishes this port twice: take one of the two out' }];
    case 'free':
      return [
        {
          text: 'nobody has it now: start it again',
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

function elsewhere(fault: PortError, { status, suggestion }: ErrorFacts): readonly Remedy[] {
  if (suggestion === undefined || status === 'own' || status === 'itself') return [];
  const { address, port } = suggestion;
  const place = address === '*' ? `${port}` : formatAddressPort(address, port);
  const how = fault.code === 'taken-for-program' ? 'listen on another' : 'publish on another host';
  return [{ text: `${how} port: ${place} is free` }];
}

function byCode(fault: PortError, facts: ErrorFacts): readonly Remedy[] {
  return special[fault.code]?.(fault, facts) ?? [];
}

const addressTools: Readonly<Record<string, string>> = { darwin: 'ifconfig', win32: 'ipconfig' };

const special: Readonly<
  Partial<Record<PortErrorCode, (fault: PortError, facts: ErrorFacts) => readonly Remedy[]>>
> = {
  'privileged-port': ({ port }) => [
    {
      text: 'let programs without root open it (until the next boot)',
      command: `sudo sysctl net.ipv4.ip_unprivileged_port_start=${port ?? 80}`,
    },
  ],
  'address-not-local': (_fault, { host }) => [
    {
      text: 'publish on an address that the host has',
      command: addressTools[host.platform] ?? 'ip -brief address',
    },
    { text: 'publish on every address (-p 8080:80), or on 127.0.0.1 for this host alone' },
  ],
  'excluded-range': () => [
    {
      text: 'as administrator: give the ranges back and let them be drawn anew',
      command: 'net stop winnat && net start winnat',
    },
  ],
  'bad-range': () => [
    { text: 'write a range such as 8000-8010:80, or leave the choice to the engine: -p 80' },
  ],
  'bad-protocol': ({ protocol, message }) =>
    protocol === 'sctp' || /not supported/.test(message)
      ? [
          { text: 'let the kernel know sctp', command: 'sudo modprobe sctp' },
          { text: 'where it is not needed, publish tcp or udp' },
        ]
      : [{ text: 'write tcp or udp behind the slash: -p 8080:80/udp' }],
  'bad-publish': () => [
    { text: 'write [address:][host port:]container port[/protocol], as in -p 127.0.0.1:8080:80' },
    { text: 'portplan check -p … reads it and says which part is wrong' },
  ],
  'network-mode': () => [
    { text: 'publish the ports on the container (in Compose: the service) whose network it uses' },
    { text: 'give it a network of its own: without --network container:…, network_mode' },
  ],
  'proxy-failed': (_fault, { host }) =>
    host.platform === 'linux'
      ? [{ text: 'the log of the engine says more', command: 'journalctl -u docker -n 50' }]
      : [],
  'forwarder-failed': () => [
    { text: 'see who has the port on this host', command: 'portplan ps' },
    { text: 'if nobody has: restart Docker Desktop' },
  ],
  'start-refused': () => [
    { text: 'run it in the background (-d): that tells the reason, which can be explained' },
  ],
  'taken-by-service': (_fault, { freeing }) =>
    freeing.length > 0 ? [] : [{ text: 'give one of the two services another published port' }],
  'taken-on-host': showAll,
  'taken-by-container': showAll,
  'pool-exhausted': (fault, facts) => [
    ...showAll(fault, facts),
    { text: 'allow more ports (-p 8000-8010:80), or any that is free (-p 80)' },
  ],
  'taken-for-program': (_fault, { status }) =>
    status === 'held' || status === 'perhaps'
      ? []
      : [{ text: 'let only one program of the container listen there' }],
};

/** Where the message names no port, and its container is not known. */
function showAll(_fault: PortError, { status }: ErrorFacts): readonly Remedy[] {
  return status === 'unasked'
    ? [{ text: 'this shows every port that is taken, and by whom', command: 'portplan ps' }]
    : [];
}

function commandOf({ engine }: ErrorFacts['host']): string {
  return engine?.command ?? 'docker';
}
