import type { PortError } from '../model/findings/port-error.ts';
import {
  anyAddress,
  anyIPv4,
  anyIPv6,
  type HostAddress,
  parseIpLiteral,
} from '../model/ports/address.ts';
import {
  isPort,
  isProtocol,
  type Port,
  type PortRange,
  type Protocol,
} from '../model/ports/port.ts';
import { endpointForms } from './patterns.ts';

/** The parts of a host endpoint that a message names. */
type ErrorEndpoint = Pick<PortError, 'address' | 'port' | 'pool' | 'protocol'>;

/** Returns the host port in a message and the length of its text in characters, or `undefined`. */
export function readEndpoint(
  text: string,
): { readonly place: ErrorEndpoint; readonly length: number } | undefined {
  const found = endpointForms.map((form) => form.exec(text)).find((one) => one !== null);
  return found?.groups && { place: toPlace(found.groups), length: found[0].length };
}

function toPlace({
  ip,
  family,
  port,
  first,
  last,
  proto,
}: Readonly<Record<string, string | undefined>>): ErrorEndpoint {
  return {
    address: ip === undefined ? undefined : addressIn(ip, family),
    port: portIn(port),
    pool: poolOf(portIn(first), portIn(last)),
    protocol: protocolIn(proto),
  };
}

function addressIn(ip: string, family: string | undefined): HostAddress | undefined {
  const bare = ip.replace(/^\[(.*)\]$/, '$1');
  if (bare !== '' && bare !== '*') return parseIpLiteral(bare);
  return family === '4' ? anyIPv4 : family === '6' ? anyIPv6 : anyAddress;
}

function portIn(text: string | undefined): Port | undefined {
  const port = Number(text);
  return isPort(port) ? port : undefined;
}

function poolOf(first: Port | undefined, last: Port | undefined): PortRange | undefined {
  return first !== undefined && last !== undefined && first < last ? { first, last } : undefined;
}

function protocolIn(text: string | undefined): Protocol | undefined {
  const lower = text?.toLowerCase() ?? '';
  return isProtocol(lower) ? lower : undefined;
}
