import type { WhereReport } from '../../model/findings/report.ts';

/** One line for scripts: the first container's port, or its URL. */
export function renderWhere({ command, ports }: WhereReport): string {
  const [first] = ports;
  if (first === undefined) return '';
  const { hostIp, port, protocol, url } = first;
  if (command === 'port') return `${port}`;
  return url ?? `${protocol}://${hostIp === '' ? 'localhost' : hostIp}:${port}`;
}
