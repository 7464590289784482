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

/** Whether the number is a port that can be bound. */
export function isPort(value: number): value is Port {
  return Number.isInteger(value) && value >= 1 && value <= highestPort;
}

/**
 * The number as a port.
 * @throws PortplanError `invalid-input` for anything but an integer from 1 to 65535.
 */
export function toPort(value: number): Port {
  if (isPort(value)) return value;
  throw new PortplanError('invalid-input', `${value} is not a port: expected 1 to ${highestPort}`);
}

/** Whether the text names a transport, in lower case. */
export function isProtocol(text: string): text is Protocol {
  return (protocols as readonly string[]).includes(text);
}

/** Returns the range that has only this port. */
export function singlePort(port: Port): PortRange {
  return { first: port, last: port };
}

/** How many ports the range has. */
export function rangeSize(range: PortRange): number {
  return range.last - range.first + 1;
}

/** Whether the range is one port and no choice. */
export function isSinglePort(range: PortRange): boolean {
  return range.first === range.last;
}

/** Whether the port lies in the range. */
export function inRange(port: number, range: PortRange): boolean {
  return port >= range.first && port <= range.last;
}

/** Every port of the range, in ascending order. */
export function* portsOf(range: PortRange): Generator<Port> {
  for (let port: number = range.first; port <= range.last; port += 1) yield port as Port;
}

/** A number that only this port of this protocol has: looked up faster than a text is made. */
export function portKey({
  protocol,
  port,
}: {
  readonly protocol: Protocol;
  readonly port: number;
}): number {
  return protocols.indexOf(protocol) * (highestPort + 1) + port;
}

/** `8080`, or `8000-8010` for a range of more than one. */
export function formatRange(range: PortRange): string {
  return isSinglePort(range) ? `${range.first}` : `${range.first}-${range.last}`;
}
