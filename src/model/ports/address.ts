import { PortplanError } from '../../errors.ts';

declare const addressBrand: unique symbol;

/**
 * An IP literal in canonical text (RFC 5952; an IPv4-mapped IPv6 address is its IPv4 address, because engines and
 * kernels bind it so), or `*`: every address of both families, docker's default and the notation of ss(8).
 */
export type HostAddress = string & { readonly [addressBrand]: true };

/** Every address of both families. */
export const anyAddress = '*' as HostAddress;
export const anyIPv4 = '0.0.0.0' as HostAddress;
export const anyIPv6 = '::' as HostAddress;
export const loopback = '127.0.0.1' as HostAddress;

/**
 * The text as an address: an IP literal, `*` or the empty text for any address.
 * @throws PortplanError `invalid-input` for names, zones, short IPv4 and leading zeros, which engines refuse or (before
 *   Docker 29) silently take as "any" (ports.md §1.5).
 */
export function toHostAddress(text: string): HostAddress {
  if (text === '' || text === anyAddress) return anyAddress;
  const address = parseIpLiteral(text);
  if (address !== undefined) return address;
  throw new PortplanError('invalid-input', `"${text}" is not an IP address`, {
    hint: 'give an address of this host, such as 127.0.0.1 or ::1; names are not resolved',
  });
}

/** The canonical form of an IPv4 or IPv6 literal without a zone, or nothing. */
export function parseIpLiteral(text: string): HostAddress | undefined {
  // The most common ones; Node compiles a pattern of 5 ms for the first IPv6 address.
  if (text === anyIPv4 || text === anyIPv6) return text as HostAddress;
  if (ipVersion(text) === 4) return text as HostAddress;
  if (!text.includes(':') || ipVersion(text) !== 6 || text.includes('%')) return undefined;
  // The URL parser of the WHATWG standard prints IPv6 as RFC 5952 asks, but for mapped addresses.
  const canonical = new URL(`http://[${text}]/`).hostname.slice(1, -1);
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(canonical);
  return (mapped ? toDotted(mapped[1], mapped[2]) : canonical) as HostAddress;
}

function toDotted(high = '0', low = '0'): string {
  const [upper, lower] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return [upper >> 8, upper & 255, lower >> 8, lower & 255].join('.');
}

/** `4` or `6` for an address of one family, nothing for `*`. */
export function familyOf(address: HostAddress): 4 | 6 | undefined {
  if (address === anyAddress) return undefined;
  return address.includes(':') ? 6 : 4;
}

/** Whether the address stands for all addresses of a family, or of both. */
export function isWildcard(address: HostAddress): boolean {
  return address === anyAddress || address === anyIPv4 || address === anyIPv6;
}

/** The sockets that an address stands for: `*` is one of each family. */
export function familiesOf(address: HostAddress): readonly HostAddress[] {
  return address === anyAddress ? [anyIPv4, anyIPv6] : [address];
}

/** Whether only this host itself can reach the address. */
export function isLoopback(address: HostAddress): boolean {
  return address === '::1' || (familyOf(address) === 4 && address.startsWith('127.'));
}

/**
 * Whether two sockets of one port and protocol would collide: some address of each side has the same family and is
 * equal, or one is the family's wildcard. Measured on engines 20.10 and 28.5 (ports.md §4.1).
 */
export function addressesOverlap(one: HostAddress, other: HostAddress): boolean {
  return familiesOf(one).some((a) => familiesOf(other).some((b) => socketsOverlap(a, b)));
}

function socketsOverlap(one: HostAddress, other: HostAddress): boolean {
  return (
    familyOf(one) === familyOf(other) && (one === other || isWildcard(one) || isWildcard(other))
  );
}

/** `127.0.0.1:80`, `[::1]:80`, `*:80`: an address and a port as one text. */
export function formatAddressPort(address: HostAddress, port: number | string): string {
  return familyOf(address) === 6 ? `[${address}]:${port}` : `${address}:${port}`;
}

/**
 * 4 or 6 for an IP literal, else 0. node:net is asked for when it is needed and not before: it takes some milliseconds to
 * load, and most files name no address.
 */
export function ipVersion(text: string): 0 | 4 | 6 {
  return process.getBuiltinModule('node:net').isIP(text) as 0 | 4 | 6;
}
