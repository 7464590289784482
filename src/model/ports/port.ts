import { PortplanError } from '../../errors.ts';

declare const portBrand: unique symbol;

/** A transport port that can be bound: an integer from 1 to 65535. Made only by {@link toPort}. */
export type Port = number & { readonly [portBrand]: true };

export const protocols = ['tcp', 'udp', 'sctp'] as const;
/** The transports that an engine can publish. They never conflict with each other. */
export type Protocol = (typeof protocols)[number];

/** An inclusive range of ports; a single port has `first === last`. */
export interface PortRange {
  readonly first: Port;
  readonly last: Port;
}

export const highestPort = 65535;

/** Returns whether the number is a port that can be bound: an integer from 1 to 65535. */
export function isPort(value: number): value is Port {
  return Number.isInteger(value) && value >= 1 && value <= highestPort;
}

/**
 * Returns the number as a port.
 * @throws PortplanError `invalid-input` for every value that is not an integer from 1 to 65535
 */
export function toPort(value: number): Port {
  if (isPort(value)) return value;
  throw new PortplanError('invalid-input', `${value} is not a port: expected 1 to ${highestPort}`);
}

/** Returns whether the text is a protocol name in lower case. */
export function isProtocol(text: string): text is Protocol {
  return (protocols as readonly string[]).includes(text);
}

/** Returns the range that has only this port. */
export function singlePort(port: Port): PortRange {
  return { first: port, last: port };
}

/** Returns the number of ports in the range. */
export function rangeSize(range: PortRange): number {
  return range.last - range.first + 1;
}

/** Returns whether the range has exactly one port. */
export function isSinglePort(range: PortRange): boolean {
  return range.first === range.last;
}

/** Returns whether the range contains the port. */
export function inRange(port: number, range: PortRange): boolean {
  return port >= range.first && port <= range.last;
}

/** Yields the ports of the range in ascending order. */
export function* portsOf(range: PortRange): Generator<Port> {
  for (let port: number = range.first; port <= range.last; port += 1) yield port as Port;
}

/** Returns a number that is unique to the port and protocol: a faster map key than a string. */
export function portKey({
  protocol,
  port,
}: {
  readonly protocol: Protocol;
  readonly port: number;
}): number {
  return protocols.indexOf(protocol) * (highestPort + 1) + port;
}

/** Returns the range as text: `8080` for a single port, else `8000-8010`. */
export function formatRange(range: PortRange): string {
  return isSinglePort(range) ? `${range.first}` : `${range.first}-${range.last}`;
}
