import { PortplanError } from '../../errors.ts';
import { toHostAddress } from './address.ts';
import { parsePublish } from './parse-publish.ts';
import { highestPort, isPort, isProtocol, type PortRange, portsOf, singlePort } from './port.ts';
import type { Publish } from './publish.ts';

/** What a word on the command line stands for. */
export type Target =
  /** Host ports, each for itself: `8080`, `127.0.0.1:8000-8010/udp`. */
  | { readonly kind: 'ports'; readonly publishes: readonly Publish[] }
  /** One publish of one container: `8080:80`. */
  | { readonly kind: 'publish'; readonly publishes: readonly Publish[] }
  /** A compose file, or a folder with one. */
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'image'; readonly image: string };

/** `[ADDRESS:]PORT[-PORT][/PROTOCOL]`: host ports, where a publish spec would have container ports. */
const hostPorts = /^(?:(\[[^\]]*\]|\d+(?:\.\d*)+|\*):)?(\d+)(?:-(\d+))?(?:\/([a-z]+))?$/i;
/** Only digits and the signs of a publish: no image is called so, with `localhost` and `*` to tell them they are wrong. */
const publishSpec =
  /^(?:(?:\[[^\]]*\]|[\d.]+|\*|localhost|[\da-f:]*:[\da-f:]*):)?(?:[\d-]*:)[\d-]+(?:\/\w+)?$/i;
/** Two IPv6 addresses fit; what is longer would take long to be told from one. */
const maxSpecLength = 200;
const composeFile = /\.ya?ml$/i;

/**
 * Reads a target: a host port or range, else a publish, else a path, else an image. `exists` tells whether a path is
 * there.
 * @throws PortplanError `invalid-publish` or `invalid-usage`
 */
export function parseTarget(text: string, exists: (path: string) => boolean): Target {
  const ports = hostPorts.exec(text);
  if (ports && !isRegistry(ports)) return { kind: 'ports', publishes: toPublishes(text, ports) };
  if (isPublishSpec(text)) return { kind: 'publish', publishes: parsePublish(text) };
  if (looksLikePath(text) || exists(text)) return { kind: 'path', path: text };
  if (text === '' || text.startsWith('-')) {
    throw new PortplanError('invalid-usage', `"${text}" is no target`, {
      hint: 'a target is a port (8080), a range (8000-8010), a publish (8080:80), a compose file or an image',
    });
  }
  return { kind: 'image', image: text };
}

function isPublishSpec(text: string): boolean {
  return text.length <= maxSpecLength && publishSpec.test(text);
}

/** `127.0.0.1:5000/web`: what follows the port is the name of an image, not a protocol. */
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
    throw fault(text, `"${suffix}" is not a protocol`, 'expected tcp, udp or sctp');
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
    throw fault(text, 'a host port is out of range', `expected 1 to ${highestPort}`);
  if (last < first) throw fault(text, 'the range runs backwards', `write ${last}-${first}`);
  return { first, last };
}

function readAddress(text: string, ip: string) {
  try {
    return toHostAddress(ip);
  } catch (cause) {
    throw fault(
      text,
      `"${ip}" is not an IP address`,
      'expected an IPv4 address, or IPv6 in brackets',
      cause,
    );
  }
}

function fault(text: string, why: string, hint: string, cause?: unknown): PortplanError {
  return new PortplanError('invalid-publish', `invalid target "${text}": ${why}`, { hint, cause });
}
