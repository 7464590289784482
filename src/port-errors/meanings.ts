import type { PortError, PortErrorCode } from '../model/findings/port-error.ts';
import { formatAddressPort } from '../model/ports/address.ts';
import { formatRange } from '../model/ports/port.ts';

/** Returns what an error means, in one or two sentences for a reader who sees it for the first time. */
export function explainCode(error: PortError): string {
  return meanings[error.code](error);
}

const meanings: Readonly<Record<PortErrorCode, (error: PortError) => string>> = {
  'taken-by-container': (error) =>
    `The engine has already allocated ${portText(error)} to another container.`,
  'taken-by-service': (error) =>
    `${error.service === undefined ? 'Another swarm service' : `Swarm service ${error.service}`} already publishes ${portText(error)}, and only one service can publish a port.`,
  'taken-on-host': (error) =>
    `The system rejected the bind of ${portText(error)}: a socket of a program or a container already holds it.`,
  'taken-for-program': (error) =>
    `A program (not the engine) could not listen on ${portText(error)}: another program in its network already does.`,
  'pool-exhausted': () => 'All host ports that the publish allows are taken.',
  'address-not-local': ({ address }) =>
    `No interface of the engine host has the address ${address ?? 'that the publish names'}.`,
  'privileged-port': (error) =>
    `The engine runs without root and may open only ports from ${error.detail ?? '1024'}, not ${portText(error)}.`,
  'excluded-range': (error) =>
    `Windows reserves ${portText(error)}, usually for Hyper-V or WinNAT. No program holds it, so there is nothing to stop.`,
  'bad-range': ({ detail }) =>
    `Invalid range of host ports${detail === undefined ? '' : ` ${detail}`}: expected 1 to 65535, the lower port first.`,
  'bad-protocol': ({ detail, protocol }) =>
    `The engine cannot publish ${(detail ?? protocol)?.toLowerCase() ?? 'this protocol'} here: expected tcp or udp, or sctp if engine and kernel support it.`,
  'bad-publish': ({ detail }) =>
    detail === undefined
      ? 'The engine cannot parse the publish.'
      : `The engine cannot parse the publish: it fails at "${detail}".`,
  'network-mode': () =>
    'The container uses the network of another container or of the host, and has no ports of its own to publish.',
  'proxy-failed': () =>
    'The engine could not start its port forwarder (docker-proxy). The port itself is not the problem.',
  'forwarder-failed': () =>
    'The engine in its virtual machine could not open the port on this host and gives no reason. Usually the port is taken.',
  'start-refused': () =>
    'The engine did not start the container, and the docker command line lost the reason. Usually a port is taken.',
};

/** Returns the port as far as the message names it: `127.0.0.1:8080/tcp`. */
function portText({ address, port, protocol, pool }: PortError): string {
  if (port === undefined) return 'a port (the message does not say which)';
  const place =
    address === undefined || address === '*' ? `${port}` : formatAddressPort(address, port);
  const kind = protocol === undefined ? '' : `/${protocol}`;
  return pool === undefined ? `${place}${kind}` : `${place}${kind} (of ${formatRange(pool)})`;
}
