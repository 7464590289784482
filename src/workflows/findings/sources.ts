import { PortplanError } from '../../errors.ts';
import type { Endpoint } from '../../model/host/binding.ts';
import { formatEndpoint } from '../../model/host/binding.ts';
import type { Source, SourceName } from '../../model/host/snapshot.ts';
import type { ScanResult } from '../../scanner/scan.ts';

/** Returns the sources; a required source that is absent becomes a gap. */
export function requireSources(
  sources: readonly Source[],
  required: readonly SourceName[] = [],
): readonly Source[] {
  return sources.map((source) =>
    source.status === 'absent' && required.includes(source.name)
      ? { ...source, status: 'gap' }
      : source,
  );
}

/** Returns the error of a command that requires an engine. */
export function engineError({ snapshot }: Pick<ScanResult, 'snapshot'>): PortplanError {
  const source = snapshot.sources.find(({ name }) => name === 'engine');
  return new PortplanError('engine-absent', source?.detail ?? 'no engine answers', {
    hint: source?.hint,
  });
}

interface Unverified {
  readonly denied: readonly Endpoint[];
  readonly untried: readonly { readonly endpoint: Endpoint; readonly why: string }[];
}

/** Reports endpoints that the probe could not bind: a gap for SCTP, which has no other source, else a note. */
export function reportProbe({ denied, untried }: Unverified): {
  readonly sources: readonly Source[];
  readonly notes: readonly string[];
} {
  const sctp = untried.filter(({ endpoint }) => endpoint.protocol === 'sctp');
  const others = untried.filter(({ endpoint }) => endpoint.protocol !== 'sctp');
  const sources: readonly Source[] =
    sctp.length === 0
      ? []
      : [
          {
            name: 'probe',
            status: 'gap',
            detail: `${listOf(sctp.map(({ endpoint }) => endpoint))} cannot be verified: Node.js has no SCTP`,
          },
        ];
  const notes = [
    ...(denied.length === 0
      ? []
      : [`${listOf(denied)} not verified: permission denied (no listener found)`]),
    ...(others.length === 0
      ? []
      : [`${listOf(others.map(({ endpoint }) => endpoint))} not verified: ${others[0]?.why}`]),
  ];
  return { sources, notes };
}

function listOf(endpoints: readonly Endpoint[]): string {
  const shown = [...new Set(endpoints.map(formatEndpoint))];
  return shown.length > 3
    ? `${shown.slice(0, 3).join(', ')} and ${shown.length - 3} more`
    : shown.join(', ');
}
