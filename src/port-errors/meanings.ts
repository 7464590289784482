import type { PortError, PortErrorCode } from '../model/findings/port-error.ts';
import { formatAddressPort } from '../model/ports/address.ts';
import { formatRange } from '../model/ports/port.ts';

/** What an error says, for somebody who has never seen it. */
export function explainCode(fault: PortError): string {
  return meanings[fault.code](fault);
}

const meanings: Readonly<Record<PortErrorCode, (fault: PortError) => string>> = {
  'taken-by-container': (fault) =>
    `In the engine's own table ${portText(fault)} belongs to another container.`,
  'taken-by-service': (fault) =>
    `Swarm service ${fault.service ?? 'of another name'} publishes ${portText(fault)} already, and a port belongs to one service.`,
  'taken-on-host': (fault) =>
    `The engine asked the system for ${portText(fault)} and did not get it: a socket has it, of a program or of a container.`,
  'taken-for-program': (fault) =>
    `A program, not the engine, could not listen on ${portText(fault)}: in its network another one does.`,
  'pool-exhausted': () =>
    'Of all the host ports that the publish allows, the engine could have none.',
  'address-not-local': ({ address }) =>
    `The host of the engine has no interface with the address ${address ?? 'that the publish names'}.`,
  'privileged-port': (fault) =>
    `The engine runs without root, and such programs may open ports from ${fault.detail ?? '1024'} on only, not ${portText(fault)}.`,
  'excluded-range': (fault) =>
    `Windows keeps ${portText(fault)} back, mostly for Hyper-V or WinNAT. No program has it, so none can be ended.`,
  'bad-range': ({ detail }) =>
    `${detail ?? 'It'} is no range of host ports: they go from 1 to 65535, the lower one first.`,
  'bad-protocol': ({ detail, protocol }) =>
    `The engine cannot publish ${(detail ?? protocol)?.toLowerCase() ?? 'this protocol'} here: it takes tcp and udp, and sctp where engine and kernel know it.`,
  'bad-publish': ({ detail }) =>
    detail === undefined
      ? 'The publish is not written as this engine reads it.'
      : `The publish is not written as this engine reads it: it stops at "${detail}".`,
  'network-mode': () =>
    'The container uses the network of another one or of the host, and has no ports of its own that could be published.',
  'proxy-failed': () =>
    'The engine could not start the program that forwards a port (docker-proxy). Who has the port does not matter.',
  'forwarder-failed': () =>
    'The engine in its virtual machine could not get the port of this host, and does not say why. Mostly it is taken.',
  'start-refused': () =>
    'The engine refused to start the container, and the docker command line lost the reason on its way. Mostly a port is taken.',
};

/** `port 8080/tcp of 127.0.0.1`, as far as the message tells. */
function portText({ address, port, protocol, pool }: PortError): string {
  if (port === undefined) return 'a port that it does not name';
  const place =
    address === undefined || address === '*' ? `${port}` : formatAddressPort(address, port);
  const kind = protocol === undefined ? '' : `/${protocol}`;
  return pool === undefined ? `${place}${kind}` : `${place}${kind} (of ${formatRange(pool)})`;
}
