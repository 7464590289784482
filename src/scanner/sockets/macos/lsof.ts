import type { ProcessHolder } from '../../../model/host/binding.ts';
import {
  anyAddress,
  anyIPv4,
  type HostAddress,
  parseIpLiteral,
} from '../../../model/ports/address.ts';
import { isPort } from '../../../model/ports/port.ts';
import type { HostSocket } from '../host-socket.ts';

/**
 * Returns the sockets of `lsof -nP -iTCP -iUDP -F pcLutPnT` ("output for other programs" of lsof(8)): a line for each field, its
 * letter first; `p` begins a process, `f` one of its files (`t`, where the descriptor is not printed).
 */
export function parseLsof(text: string): readonly HostSocket[] {
  return text.split(/^(?=p\d)/m).flatMap((process) => {
    const [head = '', ...files] = process.split(/^f/m.test(process) ? /^(?=f)/m : /^(?=t)/m);
    const holder = readProcess(head);
    return files.flatMap((file) => toSocket(file, holder) ?? []);
  });
}

function readProcess(head: string): ProcessHolder {
  const name = fieldOf(head, 'c');
  const pid = Number(fieldOf(head, 'p') || Number.NaN);
  return {
    kind: 'process',
    ...(Number.isSafeInteger(pid) && { pid }),
    name: name && decodeEscapes(name),
    user: fieldOf(head, 'L'),
  };
}

function toSocket(file: string, holder: ProcessHolder): HostSocket | undefined {
  const protocol = fieldOf(file, 'P');
  const [local = '', remote] = (fieldOf(file, 'n') ?? '').split('->');
  const cut = local.lastIndexOf(':');
  const port = Number(local.slice(cut + 1));
  const address = readAddress(local.slice(0, cut), fieldOf(file, 't'));
  if ((protocol !== 'TCP' && protocol !== 'UDP') || !isPort(port) || address === undefined) {
    return undefined;
  }
  return {
    address,
    port,
    protocol: protocol === 'TCP' ? 'tcp' : 'udp',
    state: protocol === 'UDP' ? 'bound' : stateOf(fieldOf(file, 'TST='), remote),
    holder,
    ...(address === anyAddress && { dualStack: 'unknown' }),
    ...(protocol === 'UDP' && remote !== undefined && { hasPeer: true }),
  };
}

/** Returns the value after the letter of a field, or after `TST=`: of the lines that begin with T, the state. */
function fieldOf(text: string, letter: string): string | undefined {
  return new RegExp(`^${letter}(.*)$`, 'm').exec(text)?.[1];
}

/** lsof does not show whether a socket on every IPv6 address takes IPv4 too. */
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
