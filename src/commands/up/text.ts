import type { Assignment } from '../../model/findings/plan.ts';
import type { StartedPort, UnplannedPublish, UpReport } from '../../model/findings/report.ts';
import {
  anyAddress,
  formatAddressPort,
  type HostAddress,
  toHostAddress,
} from '../../model/ports/address.ts';
import { formatUrl } from '../../model/ports/url.ts';
import { renderTable, type TextOptions } from '../../output/table.ts';

/** Returns a table of the open ports of a started project. */
export function renderUp({ ports }: UpReport, options: TextOptions): string {
  if (ports.length === 0) return 'the project is running; it publishes no ports';
  const hasReplicas = new Set(ports.map(({ service }) => service)).size < containersOf(ports);
  const rows = ports.map((port) => [
    hasReplicas ? port.container : port.service,
    port.url ?? urlText(toHostAddress(port.hostIp), port.port, port.protocol),
    `${port.target}/${port.protocol}`,
    port.moved ?? '',
  ]);
  return renderTable(columns, rows, options);
}

/** Returns a table of the planned ports of a project, before it starts. */
export function renderPlannedPorts(
  {
    assignments,
    unplanned,
  }: {
    readonly assignments: readonly Assignment[];
    readonly unplanned: readonly UnplannedPublish[];
  },
  options: TextOptions,
): string {
  if (assignments.length + unplanned.length === 0) return 'the project publishes no ports';
  const rows = [
    ...assignments.map(({ publish, address, port, choice, reason }) => [
      serviceOf(publish),
      publish.protocol === 'tcp'
        ? formatUrl(address, port, publish.target)
        : urlText(address, port, publish.protocol),
      `${publish.target}/${publish.protocol}`,
      choice === 'as-requested' ? '' : reason,
    ]),
    ...unplanned.map(({ publish, reason }) => [
      serviceOf(publish),
      '-',
      `${publish.target}/${publish.protocol}`,
      reason,
    ]),
  ];
  return renderTable(
    columns,
    rows.sort(([one = ''], [other = '']) => one.localeCompare(other)),
    options,
  );
}

/** Returns `8080/udp` or `127.0.0.1:8080/udp`, for ports without a URL. */
function urlText(address: HostAddress, port: number, protocol: string): string {
  return `${address === anyAddress ? port : formatAddressPort(address, port)}/${protocol}`;
}

const columns = ['SERVICE', 'URL', 'TARGET', 'WHY'];

function containersOf(ports: readonly StartedPort[]): number {
  return new Set(ports.map(({ container }) => container)).size;
}

function serviceOf({ origin }: Assignment['publish']): string {
  return origin.kind === 'compose' ? origin.service : '';
}
