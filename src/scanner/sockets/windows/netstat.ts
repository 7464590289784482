import { anyIPv6, type HostAddress, parseIpLiteral } from '../../../model/ports/address.ts';
import { isPort } from '../../../model/ports/port.ts';
import type { HostSocket } from '../host-socket.ts';

const row = /^\s*(TCP|UDP)\s+(\S+)\s+(\S+)\s+(?:.*\s)?(\d+)\s*$/;

/**
 * Returns the sockets that `netstat -ano` of Windows prints, connections included. Headers and states are in the language
 * of the system, so a foreign address without a port identifies a listener, and process 0 a connection that has ended.
 * Windows lists a dual-stack listener twice, on 0.0.0.0 and on [::].
 */
export function parseWindowsNetstat(text: string): readonly HostSocket[] {
  return text.split(/\r?\n/).flatMap((line) => parseRow(line) ?? []);
}

function parseRow(line: string): HostSocket | undefined {
  const [, protocol, local = '', foreign = '', pid = ''] = row.exec(line) ?? [];
  const cut = local.lastIndexOf(':');
  const port = Number(local.slice(cut + 1));
  const address = readAddress(local.slice(0, cut));
  if (protocol === undefined || !isPort(port) || address === undefined) return undefined;
  return {
    address,
    port,
    protocol: protocol === 'TCP' ? 'tcp' : 'udp',
    state: protocol === 'UDP' ? 'bound' : stateOf(foreign, pid),
    holder: { kind: 'process', ...(/^[1-9]\d{0,9}$/.test(pid) && { pid: Number(pid) }) },
    ...(address === anyIPv6 && { dualStack: 'no' }),
  };
}

function readAddress(text: string): HostAddress | undefined {
  return parseIpLiteral(text.replace(/^\[|\]$/g, '').replace(/%.*$/, ''));
}

function stateOf(foreign: string, pid: string): HostSocket['state'] {
  if (foreign.endsWith(':0')) return 'listening';
  return pid === '0' ? 'time-wait' : 'connected';
}
