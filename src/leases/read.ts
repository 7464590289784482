import { PortplanError } from '../errors.ts';
import { maxBytes, parseLeases } from './file-format.ts';
import type { Lease } from './lease.ts';
import { readRegularFile } from './regular-file.ts';

/** The content of a lease file. */
export interface Found {
  readonly leases: readonly Lease[];
  /** The part of the file that could not be read. */
  readonly damage?: { readonly why: string; readonly isRegular: boolean } | undefined;
}

/** Returns the leases of a file. @throws PortplanError `leases-unavailable` for a file of a newer portplan */
export function readLeases(file: string): Found {
  const content = readRegularFile(file, { maxBytes: maxBytes });
  if (content.kind === 'absent') return { leases: [] };
  if (content.kind === 'invalid')
    return { leases: [], damage: { why: content.why, isRegular: content.isRegular } };
  const parsed = parseLeases(content.text);
  if (parsed.kind === 'newer') throw newer(file, parsed.version);
  const { leases, faults } = parsed;
  return {
    leases,
    ...(faults.length > 0 && { damage: { why: faults.join('; '), isRegular: true } }),
  };
}

function newer(file: string, version: number): PortplanError {
  return new PortplanError(
    'leases-unavailable',
    `${file} has format ${version}, written by a newer portplan`,
    { hint: 'update portplan, or set PORTPLAN_STATE_DIR to another folder' },
  );
}

/** Returns `1 lease` or `2 leases`. */
export function countOf({ length }: readonly Lease[]): string {
  return length === 1 ? '1 lease' : `${length} leases`;
}
