import { endianness } from 'node:os';
import {
  anyAddress,
  anyIPv4,
  anyIPv6,
  type HostAddress,
  parseIpLiteral,
} from '../../../model/ports/address.ts';
import { isPort } from '../../../model/ports/port.ts';
import type { HostSocket } from '../host-socket.ts';

/** One of the files `tcp`, `tcp6`, `udp`, `udp6` in /proc/net. */
export interface SocketTable {
  readonly protocol: 'tcp' | 'udp';
  readonly family: 4 | 6;
}

/** A row as it is written: numbers in hex, the address as words in the byte order of the host. */
export interface SocketRow {
  readonly address: string;
  readonly port: string;
  readonly state: string;
  /** From the send queue on. */
  readonly tail: string;
}

/** The state of a TCP socket that accepts connections, as the tables write it. */
export const listenState = '0A';
const timeWaitState = '06';
const connectedState = '01';

/**
 * Splits a line of a socket table into columns; `undefined` for the header and invalid lines. The columns
 * are those of Documentation/networking/proc_net_tcp in the kernel; they begin after `<slot>: `.
 */
export function parseSocketRow(line: string, family: 4 | 6): SocketRow | undefined {
  const digits = family === 4 ? 8 : 32;
  const local = line.indexOf(': ') + 2;
  const remote = local + digits + 6;
  const state = remote + digits + 6;
  if (local < 3 || line[local + digits] !== ':' || line[remote + digits] !== ':') return undefined;
  return {
    address: line.slice(local, local + digits),
    port: line.slice(local + digits + 1, remote - 1),
    state: line.slice(state, state + 2),
    tail: line.slice(state + 3),
  };
}

/**
 * Returns the socket of a row; `undefined` for an invalid column. A socket on `::` becomes `*` with `dualStack: unknown`.
 * @param order the byte order of the host that wrote the table.
 */
export function toHostSocket(
  row: SocketRow,
  { protocol, family }: SocketTable,
  order: 'LE' | 'BE' = endianness(),
): HostSocket | undefined {
  const port = Number.parseInt(row.port, 16);
  const address = decodeAddress(row.address, family, order);
  if (address === undefined || !isPort(port)) return undefined;
  const [, , , uid = '', , inode = ''] = row.tail.trimStart().split(/\s+/, 6);
  return {
    address: address === anyIPv6 ? anyAddress : address,
    port,
    protocol,
    state: stateOf(row.state, protocol),
    holder: { kind: 'process' },
    // Rows without a socket (time-wait, orphans) have inode 0, and then the user 0 means nothing.
    ...(/^[1-9]\d*$/.test(inode) && { inode: Number(inode) }),
    ...(/^[1-9]\d*$/.test(inode) && /^\d+$/.test(uid) && { uid: Number(uid) }),
    ...(address === anyIPv6 && { dualStack: 'unknown' }),
    ...(protocol === 'udp' && row.state === connectedState && { hasPeer: true }),
  };
}

/** Every socket of a whole table. */
export function parseSocketTable(
  text: string,
  table: SocketTable,
  order: 'LE' | 'BE' = endianness(),
): readonly HostSocket[] {
  return text.split('\n').flatMap((line) => {
    const row = parseSocketRow(line, table.family);
    return (row && toHostSocket(row, table, order)) ?? [];
  });
}

function stateOf(state: string, protocol: 'tcp' | 'udp'): HostSocket['state'] {
  if (protocol === 'udp') return 'bound';
  if (state === listenState) return 'listening';
  return state === timeWaitState ? 'time-wait' : 'connected';
}

function decodeAddress(hex: string, family: 4 | 6, order: 'LE' | 'BE'): HostAddress | undefined {
  if (!/^[0-9A-F]+$/i.test(hex)) return undefined;
  // Most of a table; reading it as text costs a pattern of 5 ms for the first IPv6 address.
  if (/^0+$/.test(hex)) return family === 4 ? anyIPv4 : anyIPv6;
  const bytes = bytesOf(hex, order);
  if (family === 4) {
    return parseIpLiteral(bytes.map((byte) => Number.parseInt(byte, 16)).join('.'));
  }
  return parseIpLiteral(bytes.join('').replace(/.{4}(?!$)/g, '$&:'));
}

/** The bytes in network order: the kernel prints 32-bit words as numbers of the host. */
function bytesOf(hex: string, order: 'LE' | 'BE'): readonly string[] {
  const words = hex.match(/.{8}/g) ?? [];
  return words.flatMap((word) => {
    const bytes = word.match(/../g) ?? [];
    return order === 'LE' ? bytes.reverse() : bytes;
  });
}
