import { anyAddress, anyIPv4, type HostAddress, parseIpLiteral } from '../../../model/address.ts';
import { isPort } from '../../../model/port.ts';
import type { HostSocket } from '../host-socket.ts';

interface OpenFile {
  readonly type?: string;
  readonly protocol?: string;
  readonly name?: string;
  readonly state?: string;
}

/**
 * The sockets of `lsof -nP -i -F pcLutPnT` ("output for other programs" of lsof(8)): a line for each field, its letter
 * first; `p` begins a process, `f` one of its files.
 */
export function parseLsof(text: string): readonly HostSocket[] {
  const sockets: HostSocket[] = [];
  let process: { pid: number; name?: string; user?: string } = { pid: 0 };
  let file: OpenFile = {};
  const endFile = () => {
    sockets.push(...toSocket(file, process));
    file = {};
  };
  for (const line of text.split('\n')) {
    const [field, value] = [line[0], line.slice(1)];
    if (field === 'p') {
      endFile();
      process = { pid: Number(value) };
    } else if (field === 'c') process = { ...process, name: decodeEscapes(value) };
    else if (field === 'L') process = { ...process, user: value };
    else if (field === 'f') endFile();
    else if (field === 't') {
      if (file.name !== undefined) endFile();
      file = { ...file, type: value };
    } else if (field === 'P') file = { ...file, protocol: value };
    else if (field === 'n') file = { ...file, name: value };
    else if (field === 'T' && value.startsWith('ST=')) file = { ...file, state: value.slice(3) };
  }
  endFile();
  return sockets;
}

function toSocket(
  { type, protocol = '', name = '', state }: OpenFile,
  process: { readonly pid: number },
): readonly HostSocket[] {
  const [local = '', remote] = name.split('->');
  const cut = local.lastIndexOf(':');
  const port = Number(local.slice(cut + 1));
  const address = readAddress(local.slice(0, cut), type);
  if (!/^(TCP|UDP)$/.test(protocol) || !isPort(port) || address === undefined) return [];
  return [
    {
      address,
      port,
      protocol: protocol === 'TCP' ? 'tcp' : 'udp',
      state: protocol === 'UDP' ? 'bound' : stateOf(state, remote),
      holder: { kind: 'process', ...process },
      ...(address === anyAddress && { dualStack: 'unknown' }),
    },
  ];
}

/** lsof does not tell whether a socket on every IPv6 address takes IPv4 too. */
function readAddress(text: string, type: string | undefined): HostAddress | undefined {
  if (text === '*') return type === 'IPv4' ? anyIPv4 : anyAddress;
  return parseIpLiteral(text.replace(/^\[|\]$/g, '').replace(/%.*$/, ''));
}

function stateOf(state: string | undefined, remote: string | undefined): HostSocket['state'] {
  if (state === 'TIME_WAIT') return 'time-wait';
  if (state === 'CLOSED') return 'bound';
  return state === 'LISTEN' || (state === undefined && remote === undefined)
    ? 'listening'
    : 'connected';
}

/** lsof writes blanks and other special characters of a name as `\x20`. */
function decodeEscapes(text: string): string {
  return text.replace(/\\x([0-9a-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
