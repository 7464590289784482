import type { Assignment } from '../../model/findings/plan.ts';
import { withTaken } from '../../model/host/host-state.ts';
import { toPort } from '../../model/ports/port.ts';
import type { ScanResult } from '../../scanner/scan.ts';

/** What was lost is held by somebody, whether or not a scan shows it. */
export function withUnavailable(host: ScanResult, lost: readonly Assignment[]): ScanResult {
  const endpoints = lost.map(({ publish, address, port }) => ({
    address,
    port,
    protocol: publish.protocol,
  }));
  return { ...host, state: withTaken(host.state, endpoints) };
}

/** A few ports above each lost one, by chance: twenty that start at once would else all want the next. */
export function jitterRanges(lost: readonly Assignment[]) {
  return lost.map(({ port }) => ({
    first: port,
    last: toPort(Math.min(65_535, port + Math.floor(Math.random() * 8))),
  }));
}
