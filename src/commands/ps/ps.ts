import type { PsReport } from '../../model/findings/report.ts';
import type { Binding } from '../../model/host/binding.ts';
import type { SourceName } from '../../model/host/snapshot.ts';
import { identifyHolders } from '../../scanner/identify-holders.ts';
import { type ScanOptions, scan } from '../../scanner/scan.ts';
import { findHostFindings, findUrgentFindings } from '../../workflows/findings/host-findings.ts';
import { requireSources } from '../../workflows/findings/sources.ts';

export interface PsOptions extends Pick<ScanOptions, 'host' | 'context' | 'timeoutMs'> {
  /** Include the ports that stopped containers reserve. */
  readonly all?: boolean | undefined;
  readonly require?: readonly SourceName[] | undefined;
  /** Skip inspections of containers: no start times, no restart conflicts. */
  readonly brief?: boolean | undefined;
}

/** Returns every host port in use with its holder, sorted by port. @throws PortplanError as `scan` */
export async function ps(options: PsOptions = {}): Promise<PsReport> {
  await using host = await scan({ ...options, stopped: options.all });
  const detail = options.brief ? 'listed' : 'inspected';
  const bindings = await identifyHolders(host.snapshot.bindings, host, { detail });
  return {
    command: 'ps',
    bindings: [...bindings].sort(byPort),
    conflicts: await (options.brief ? findUrgentFindings(host) : findHostFindings(host)),
    sources: requireSources(host.snapshot.sources, options.require),
    notes: host.snapshot.notes,
  };
}

function byPort(one: Binding, other: Binding): number {
  return (
    one.port - other.port ||
    one.protocol.localeCompare(other.protocol) ||
    one.address.localeCompare(other.address)
  );
}
