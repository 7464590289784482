import {
  anyAddress,
  anyIPv4,
  anyIPv6,
  type HostAddress,
  parseIpLiteral,
} from '../../../model/ports/address.ts';
import { isPort } from '../../../model/ports/port.ts';
import type { HostSocket } from '../host-socket.ts';

type Family = '4' | '6' | '46';

const wildcards: Readonly<Record<Family, HostAddress>> = {
  '4': anyIPv4,
  '6': anyIPv6,
  '46': anyAddress,
};

/**
 * Returns the sockets that `netstat -anvW` of macOS prints, connections included: of all users, with the process where the
 * release shows it (`pid`, or `process:pid` since macOS 15). A closed TCP socket with a port is a bound socket.
 */
export function parseMacosNetstat(text: string): readonly HostSocket[] {
  let counters = 0;
  return text.split('\n').flatMap((line) => {
    if (line.startsWith('Proto ')) counters = countersBeforeOwner(line);
    return parseRow(line, counters) ?? [];
  });
}

const row = /^(tcp|udp)(4|6|46)\s+\d+\s+\d+\s+(\S+)\s+(\S+)\s*([A-Z][A-Z_0-9]*(?=\s|$))?\s*(.*)$/;

function parseRow(line: string, counters: number): HostSocket | undefined {
  const [, protocol, family, local = '', foreign, state, rest = ''] = row.exec(line) ?? [];
  if (protocol !== 'tcp' && protocol !== 'udp') return undefined;
  const cut = local.lastIndexOf('.');
  const port = Number(local.slice(cut + 1));
  const address = readAddress(local.slice(0, cut), family as Family);
  if (!isPort(port) || address === undefined) return undefined;
  return {
    address,
    port,
    protocol,
    state: protocol === 'udp' ? 'bound' : stateOf(state),
    holder: { kind: 'process', ...readOwner(rest, counters) },
    ...(family === '46' && { dualStack: 'yes' }),
    ...(family === '6' && address === anyIPv6 && { dualStack: 'no' }),
    ...(protocol === 'udp' && foreign !== '*.*' && { hasPeer: true }),
  };
}

function readAddress(text: string, family: Family): HostAddress | undefined {
  return text === '*' ? wildcards[family] : parseIpLiteral(text.replace(/%.*$/, ''));
}

function stateOf(word: string | undefined): HostSocket['state'] {
  if (word === 'LISTEN') return 'listening';
  if (word === 'CLOSED') return 'bound';
  return word === 'TIME_WAIT' ? 'time-wait' : 'connected';
}

/** Returns the number of numeric columns between the state and the owner, which differs by release. */
function countersBeforeOwner(header: string): number {
  const [, between = ''] = /\(state\)\s+(.*?)(?:process:)?pid\b/.exec(header) ?? [];
  return between.split(/\s+/).filter((word) => word !== '').length;
}

/** The name can contain blanks, and is cut to about 16 characters. */
function readOwner(rest: string, counters: number): { pid?: number; name?: string } {
  const owner = rest.replace(new RegExp(`^(?:\\d+\\s+){${counters}}`), '');
  const [, name, pid = /^\d+/.exec(owner)?.[0]] = /^(\S.*?):(\d+)(?:\s|$)/.exec(owner) ?? [];
  if (counters === 0 || !/^[1-9]\d{0,9}$/.test(pid ?? '')) return {};
  return { pid: Number(pid), ...(name !== undefined && { name }) };
}
