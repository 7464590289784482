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
 * Returns the address that the text stands for: an IP literal, or every address for `*` and the empty text.
 * @throws PortplanError `invalid-input` for names, zones, short IPv4 and leading zeros, which engines reject or (before
 *   Docker 29) silently read as every address.
 */
export function toHostAddress(text: string): HostAddress {
  if (text === '' || text === anyAddress) return anyAddress;
  const address = parseIpLiteral(text);
  if (address !== undefined) return address;
  throw new PortplanError('invalid-input', `"${text}" is not an IP address`, {
    hint: 'give an address of this host, such as 127.0.0.1 or ::1; names are not resolved',
  });
}

/** Returns the canonical form of an IPv4 or IPv6 literal without a zone; `undefined` for every other text. */
export function parseIpLiteral(text: string): HostAddress | undefined {
  // A shortcut for the most common addresses: Node spends 5 ms on a pattern at the first IPv6 address.
  if (text === anyIPv4 || text === anyIPv6) return text as HostAddress;
  if (ipVersion(text) === 4) return text as HostAddress;
  if (!text.includes(':') || ipVersion(text) !== 6 || text.includes('%')) return undefined;
  // The WHATWG URL parser prints IPv6 in the form of RFC 5952, except mapped addresses.
  const canonical = new URL(`http://[${text}]/`).hostname.slice(1, -1);
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(canonical);
  return (mapped ? toDotted(mapped[1], mapped[2]) : canonical) as HostAddress;
}

function toDotted(high = '0', low = '0'): string {
  const [upper, lower] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return [upper >> 8, upper & 255, lower >> 8, lower & 255].join('.');
}

/** Returns the IP version of the address, `4` or `6`; `undefined` for `*`. */
export function familyOf(address: HostAddress): 4 | 6 | undefined {
  if (address === anyAddress) return undefined;
  return address.includes(':') ? 6 : 4;
}

/** Returns whether the address stands for all addresses of one family, or of both. */
export function isWildcard(address: HostAddress): boolean {
  return address === anyAddress || address === anyIPv4 || address === anyIPv6;
}

/** Returns the address by family: the wildcards of both for `*`, else the address alone. */
export function familiesOf(address: HostAddress): readonly HostAddress[] {
  return address === anyAddress ? [anyIPv4, anyIPv6] : [address];
}

/** Returns whether only this host can reach the address: `::1` or 127.0.0.0/8. */
export function isLoopback(address: HostAddress): boolean {
  return address === '::1' || (familyOf(address) === 4 && address.startsWith('127.'));
}

/**
 * Returns whether two sockets of one port and protocol overlap: both have an address of one family, and the addresses
 * are equal or one is the wildcard. Measured on engines 20.10 and 28.5.
 */
export function addressesOverlap(one: HostAddress, other: HostAddress): boolean {
  return familiesOf(one).some((a) => familiesOf(other).some((b) => socketsOverlap(a, b)));
}

function socketsOverlap(one: HostAddress, other: HostAddress): boolean {
  return (
    familyOf(one) === familyOf(other) && (one === other || isWildcard(one) || isWildcard(other))
  );
}

/** Returns an address and a port as one text: `127.0.0.1:80`, `[::1]:80`, `*:80`. */
export function formatAddressPort(address: HostAddress, port: number | string): string {
  return familyOf(address) === 6 ? `[${address}]:${port}` : `${address}:${port}`;
}

/**
 * Returns 4 or 6 for an IP literal, else 0. Loads node:net at the first call, because loading takes some milliseconds and
 * most files contain no address.
 */
export function ipVersion(text: string): 0 | 4 | 6 {
  return process.getBuiltinModule('node:net').isIP(text) as 0 | 4 | 6;
}
