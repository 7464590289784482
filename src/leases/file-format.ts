import { messageOf, PortplanError } from '../errors.ts';
import { anyAddress, toHostAddress } from '../model/ports/address.ts';
import { highestPort, isProtocol, type Protocol, toPort } from '../model/ports/port.ts';
import type { Lease } from './lease.ts';

/** The version of the file. Another one is another program's: it is neither read nor replaced. */
const formatVersion = 1;
/** More than any host has ports to keep; a file with more is not ours. */
export const maxLeases = 10_000;
/** Room for {@link maxLeases} in folders with names of usual length. */
export const maxBytes = 16 * 1024 * 1024;
const maxPathLength = 4096;
const maxNameLength = 512;
/** A damaged file may have thousands of faults; a few tell what it is about. */
const maxErrors = 3;

/** What a text of leases holds. */
export type ParsedLeases =
  /** `faults`: what could not be read, in words; empty for a sound file. `leases` is the rest. */
  | { readonly kind: 'read'; readonly leases: readonly Lease[]; readonly faults: readonly string[] }
  /** Written by a newer portplan. */
  | { readonly kind: 'newer'; readonly version: number };

/** Reads the text of a lease file. Never throws: whatever is wrong with it is told beside what could be read. */
export function parseLeases(text: string): ParsedLeases {
  const file = parseJson(text);
  if (!isRecord(file)) return damaged('it is not JSON of leases');
  const { version, leases } = file;
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1)
    return damaged('it has no version');
  if (version > formatVersion) return { kind: 'newer', version };
  if (!Array.isArray(leases)) return damaged('it has no list of leases');
  if (leases.length > maxLeases)
    return damaged(`it has ${leases.length} leases, and ${maxLeases} are the most`);
  return parseEntries(leases);
}

/**
 * The text of a lease file, a lease a line, so that people can read and compare it.
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

/** @throws PortplanError `invalid-input` for a value that no portplan has written */
function toLease(entry: unknown): Lease {
  if (!isRecord(entry)) throw fault('it is no object');
  return {
    directory: toText(entry, 'directory', maxPathLength),
    project: toText(entry, 'project', maxNameLength),
    service: toText(entry, 'service', maxNameLength),
    target: toCount(entry, 'target', { least: 0, most: highestPort }),
    protocol: toProtocol(entry),
    address: toHostAddress(toText(entry, 'hostIp', maxNameLength)),
    entry: toCount(entry, 'entry', { least: 1, most: Number.MAX_SAFE_INTEGER }),
    replica: toCount(entry, 'replica', { least: 1, most: Number.MAX_SAFE_INTEGER }),
    port: toPort(toCount(entry, 'port', { least: 1, most: highestPort })),
    ...(entry.requestedPort !== undefined && {
      requestedPort: toPort(toCount(entry, 'requestedPort', { least: 1, most: highestPort })),
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

function toText(entry: Entry, field: string, longest: number): string {
  const value = entry[field];
  if (typeof value === 'string' && value.length <= longest) return value;
  throw fault(`${field} is no text of at most ${longest} characters`);
}

function toCount(
  entry: Entry,
  field: string,
  { least, most }: { readonly least: number; readonly most: number },
): number {
  const value = entry[field];
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most)
    return value;
  throw fault(`${field} is no number from ${least} to ${most}`);
}

function toProtocol(entry: Entry): Protocol {
  const text = toText(entry, 'protocol', maxNameLength);
  if (isProtocol(text)) return text;
  throw fault('protocol is not tcp, udp or sctp');
}

function toBoolean(entry: Entry, field: string): boolean {
  const value = entry[field];
  if (typeof value === 'boolean') return value;
  throw fault(`${field} is neither true nor false`);
}

function toTime(entry: Entry, field: string): string {
  const text = toText(entry, field, maxNameLength);
  const time = new Date(text);
  if (!Number.isNaN(time.getTime()) && time.toISOString() === text) return text;
  throw fault(`${field} is no time such as 2026-11-23T09:14:00.000Z`);
}

function fault(message: string): PortplanError {
  return new PortplanError('invalid-input', message);
}

function maxLength({ project, service }: Lease): number {
  return Math.max(project.length, service.length);
}

function tooMuch(what: string): PortplanError {
  return new PortplanError('leases-unavailable', `${what} are more than can be remembered`, {
    hint: 'portplan lease gc shows what is not needed any more, --yes gives it back',
  });
}
