import type { ServicePortsReport } from '../../model/findings/report.ts';

/** Returns one line for scripts: the port of the first container, or its URL. */
export function renderServicePorts({ command, ports }: ServicePortsReport): string {
  const [first] = ports;
  if (first === undefined) return '';
  const { hostIp, port, protocol, url } = first;
  if (command === 'port') return `${port}`;
  return url ?? `${protocol}://${hostIp === '' ? 'localhost' : hostIp}:${port}`;
}
