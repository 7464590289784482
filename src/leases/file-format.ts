import { messageOf, PortplanError } from '../errors.ts';
import { anyAddress, toHostAddress } from '../model/ports/address.ts';
import { highestPort, isProtocol, type Protocol, toPort } from '../model/ports/port.ts';
import type { Lease } from './lease.ts';

/** Version of the file format. A file of a newer version is neither read nor replaced. */
const formatVersion = 1;
/** More leases than any host needs; a file with more is damaged. */
export const maxLeases = 10_000;
/** Enough for {@link maxLeases} in folders with names of typical length. */
export const maxBytes = 16 * 1024 * 1024;
const maxPathLength = 4096;
const maxNameLength = 512;
/** A damaged file may have thousands of errors; the first few are enough to diagnose it. */
const maxErrors = 3;

/** A parsed lease file. */
export type ParsedLeases =
  /** `faults`: one message per unreadable part; empty for a valid file. `leases`: the rest. */
  | { readonly kind: 'read'; readonly leases: readonly Lease[]; readonly faults: readonly string[] }
  /** Written by a newer portplan. */
  | { readonly kind: 'newer'; readonly version: number };

/** Parses a lease file. Never throws: errors are returned beside the leases that could be read. */
export function parseLeases(text: string): ParsedLeases {
  const file = parseJson(text);
  if (!isRecord(file)) return damaged('not a JSON object');
  const { version, leases } = file;
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1)
    return damaged('no version');
  if (version > formatVersion) return { kind: 'newer', version };
  if (!Array.isArray(leases)) return damaged('no list of leases');
  if (leases.length > maxLeases)
    return damaged(`too many leases: expected at most ${maxLeases}, got ${leases.length}`);
  return parseEntries(leases);
}

/**
 * Returns the text of a lease file, one lease per line, so that it can be read and compared.
 * @throws PortplanError `leases-unavailable` for more leases, or longer names, than a file may hold.
 */
export function serializeLeases(leases: readonly Lease[]): string {
  if (leases.length > maxLeases) throw tooMuch(`${leases.length} leases`);
  const lines = leases.map((lease) => {
    const { address, ...rest } = lease;
    if (lease.directory.length > maxPathLength || maxLength(lease) > maxNameLength)
      throw tooMuch(`a lease with a name of ${maxLength(lease)} characters`);
    return JSON.stringify({ ...rest, hostIp: address === anyAddress ? '' : address });
  });
  const text = `{"version":${formatVersion},"leases":[${lines.map((line) => `\n${line}`).join()}\n]}\n`;
  if (Buffer.byteLength(text) > maxBytes)
    throw tooMuch(`${leases.length} leases of such long names`);
  return text;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function damaged(fault: string): ParsedLeases {
  return { kind: 'read', leases: [], faults: [fault] };
}

function parseEntries(entries: readonly unknown[]): ParsedLeases {
  const leases: Lease[] = [];
  const faults: string[] = [];
  for (const [index, entry] of entries.entries()) {
    try {
      leases.push(toLease(entry));
    } catch (error) {
      faults.push(`lease ${index + 1}: ${messageOf(error)}`);
    }
  }
  return { kind: 'read', leases, faults: shortened(faults) };
}

function shortened(faults: readonly string[]): readonly string[] {
  if (faults.length <= maxErrors) return faults;
  return [...faults.slice(0, maxErrors), `and ${faults.length - maxErrors} more`];
}

/** Returns an entry as a lease. @throws PortplanError `invalid-input` for a value that portplan never writes */
function toLease(entry: unknown): Lease {
  if (!isRecord(entry)) throw invalidEntry('expected an object');
  return {
    directory: toText(entry, 'directory', maxPathLength),
    project: toText(entry, 'project', maxNameLength),
    service: toText(entry, 'service', maxNameLength),
    target: toCount(entry, 'target', { min: 0, max: highestPort }),
    protocol: toProtocol(entry),
    address: toHostAddress(toText(entry, 'hostIp', maxNameLength)),
    entry: toCount(entry, 'entry', { min: 1, max: Number.MAX_SAFE_INTEGER }),
    replica: toCount(entry, 'replica', { min: 1, max: Number.MAX_SAFE_INTEGER }),
    port: toPort(toCount(entry, 'port', { min: 1, max: highestPort })),
    ...(entry.requestedPort !== undefined && {
      requestedPort: toPort(toCount(entry, 'requestedPort', { min: 1, max: highestPort })),
    }),
    pinned: toBoolean(entry, 'pinned'),
    createdAt: toTime(entry, 'createdAt'),
    usedAt: toTime(entry, 'usedAt'),
  };
}

type Entry = Readonly<Record<string, unknown>>;

function isRecord(value: unknown): value is Entry {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function toText(entry: Entry, field: string, maxLength: number): string {
  const value = entry[field];
  if (typeof value === 'string' && value.length <= maxLength) return value;
  throw invalidEntry(`invalid ${field}: expected text of at most ${maxLength} characters`);
}

function toCount(
  entry: Entry,
  field: string,
  { min, max }: { readonly min: number; readonly max: number },
): number {
  const value = entry[field];
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max)
    return value;
  throw invalidEntry(`invalid ${field}: expected an integer from ${min} to ${max}`);
}

function toProtocol(entry: Entry): Protocol {
  const text = toText(entry, 'protocol', maxNameLength);
  if (isProtocol(text)) return text;
  throw invalidEntry('invalid protocol: expected tcp, udp or sctp');
}

function toBoolean(entry: Entry, field: string): boolean {
  const value = entry[field];
  if (typeof value === 'boolean') return value;
  throw invalidEntry(`invalid ${field}: expected true or false`);
}

function toTime(entry: Entry, field: string): string {
  const text = toText(entry, field, maxNameLength);
  const time = new Date(text);
  if (!Number.isNaN(time.getTime()) && time.toISOString() === text) return text;
  throw invalidEntry(`invalid ${field}: expected a time such as 2026-11-23T09:14:00.000Z`);
}

function invalidEntry(message: string): PortplanError {
  return new PortplanError('invalid-input', message);
}

function maxLength({ project, service }: Lease): number {
  return Math.max(project.length, service.length);
}

function tooMuch(what: string): PortplanError {
  return new PortplanError('leases-unavailable', `cannot store ${what}: too large`, {
    hint: 'portplan lease gc --yes removes unused leases',
  });
}
