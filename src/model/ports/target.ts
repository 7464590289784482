import { PortplanError } from '../../errors.ts';
import { toHostAddress } from './address.ts';
import { parsePublish } from './parse-publish.ts';
import { highestPort, isPort, isProtocol, type PortRange, portsOf, singlePort } from './port.ts';
import type { Publish } from './publish.ts';

/** A positional argument of `check` and `plan`. */
export type Target =
  /** Host ports, each on its own: `8080`, `127.0.0.1:8000-8010/udp`. */
  | { readonly kind: 'ports'; readonly publishes: readonly Publish[] }
  /** One publish of one container: `8080:80`. */
  | { readonly kind: 'publish'; readonly publishes: readonly Publish[] }
  /** A Compose file, a folder with one, or `-` for stdin. */
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'image'; readonly image: string };

/** `[ADDRESS:]PORT[-PORT][/PROTOCOL]`: host ports, where a publish has container ports. */
const hostPorts = /^(?:(\[[^\]]*\]|\d+(?:\.\d*)+|\*):)?(\d+)(?:-(\d+))?(?:\/([a-z]+))?$/i;
/** Digits and separators only, so never an image name. Matches `localhost` and `*` so that the parser rejects them. */
const publishSpec =
  /^(?:(?:\[[^\]]*\]|[\d.]+|\*|localhost|[\da-f:]*:[\da-f:]*):)?(?:[\d-]*:)[\d-]+(?:\/\w+)?$/i;
/** Fits two IPv6 addresses; matching longer texts would be slow. */
const maxSpecLength = 200;
const composeFile = /\.ya?ml$/i;

/**
 * Returns the target that an argument stands for: a host port or range, else a publish, else a path, else an image.
 * @param exists Whether a path exists
 * @throws PortplanError `invalid-publish` or `invalid-usage`
 */
export function parseTarget(text: string, exists: (path: string) => boolean): Target {
  const ports = hostPorts.exec(text);
  if (ports && !isRegistry(ports)) return { kind: 'ports', publishes: toPublishes(text, ports) };
  if (isPublishSpec(text)) return { kind: 'publish', publishes: parsePublish(text) };
  if (text === '-' || looksLikePath(text) || exists(text)) return { kind: 'path', path: text };
  if (text === '' || text.startsWith('-')) {
    throw new PortplanError('invalid-usage', `invalid target "${text}"`, {
      hint: 'expected a port (8080), range (8000-8010), publish (8080:80), Compose file or image',
    });
  }
  const suggestion = suggestTarget(text);
  if (suggestion !== undefined)
    throw invalidTarget(text, suggestion.problem, `write ${suggestion.text}`);
  return { kind: 'image', image: text };
}

interface TargetSuggestion {
  readonly problem: string;
  /** The arguments that the user probably meant. */
  readonly text: string;
}

/** Returns the correct form of ports in the notation of other programs; `undefined` for a possible image name. */
function suggestTarget(text: string): TargetSuggestion | undefined {
  if (text.length > maxSpecLength) return undefined;
  const [, scheme, port] = /^(https?):\/\/[^/]*?(?::(\d+))?(?:[/?#].*)?$/i.exec(text) ?? [];
  if (scheme !== undefined) {
    const standard = scheme.toLowerCase() === 'http' ? '80' : '443';
    return { problem: 'expected a port, got a URL', text: port ?? standard };
  }
  const [, hostPort] = /^localhost:(\d+(?:-\d+)?)$/i.exec(text) ?? [];
  if (hostPort !== undefined)
    return { problem: '"localhost" is not an IP address', text: `127.0.0.1:${hostPort}` };
  const [, first, last] = /^(\d+)(?:\.\.\.?|\u2013)(\d+)$/.exec(text) ?? [];
  if (last !== undefined) return { problem: 'expected FIRST-LAST', text: `${first}-${last}` };
  if (/^[\d-]+(,[\d-]+)+$/.test(text))
    return { problem: 'expected one port per argument', text: text.replaceAll(',', ' ') };
  return undefined;
}

function isPublishSpec(text: string): boolean {
  return text.length <= maxSpecLength && publishSpec.test(text);
}

/** `127.0.0.1:5000/web`: an image name follows the port, not a protocol. */
function isRegistry([, ip, , , suffix]: RegExpExecArray): boolean {
  return ip !== undefined && suffix !== undefined && !isProtocol(suffix.toLowerCase());
}

function looksLikePath(text: string): boolean {
  return text === '.' || text === '..' || /^(\.{0,2}|~)\//.test(text) || composeFile.test(text);
}

function toPublishes(
  text: string,
  [, ip, first, last, suffix]: RegExpExecArray,
): readonly Publish[] {
  const range = toRange(text, Number(first), Number(last ?? first));
  const protocol = (suffix ?? 'tcp').toLowerCase();
  if (!isProtocol(protocol))
    throw invalidTarget(text, `unknown protocol "${suffix}"`, 'expected tcp, udp or sctp');
  const hostIp = (ip ?? '').replace(/^\[|\]$/g, '');
  const address = readAddress(text, hostIp);
  const origin = { kind: 'argument', text } as const;
  return [...portsOf(range)].map((port) => ({
    hostIp: hostIp === '*' ? '' : hostIp,
    address,
    hostPorts: singlePort(port),
    target: port,
    protocol,
    mode: 'ingress',
    origin,
  }));
}

function toRange(text: string, first: number, last: number): PortRange {
  if (!isPort(first) || !isPort(last))
    throw invalidTarget(text, 'host port out of range', `expected 1 to ${highestPort}`);
  if (last < first) throw invalidTarget(text, 'the range is reversed', `write ${last}-${first}`);
  return { first, last };
}

function readAddress(text: string, ip: string) {
  try {
    return toHostAddress(ip);
  } catch (cause) {
    throw invalidTarget(
      text,
      `"${ip}" is not an IP address`,
      'expected an IPv4 address, or IPv6 in brackets',
      cause,
    );
  }
}

function invalidTarget(
  text: string,
  problem: string,
  hint: string,
  cause?: unknown,
): PortplanError {
  return new PortplanError('invalid-publish', `invalid target "${text}": ${problem}`, {
    hint,
    cause,
  });
}
