import { PortplanError } from '../../errors.ts';
import { toHostAddress } from './address.ts';
import {
  highestPort,
  isProtocol,
  type PortRange,
  type Protocol,
  singlePort,
  toPort,
} from './port.ts';
import type { Origin, Publish } from './publish.ts';

/** The invalid part of a publish: the `reason` of an `invalid-publish` error. */
export type PublishErrorReason =
  | 'missing-container-port'
  | 'invalid-container-port'
  | 'invalid-host-port'
  | 'invalid-ip'
  | 'invalid-protocol'
  | 'invalid-long-option'
  | 'range-mismatch';

interface ParseOptions {
  readonly grammar?: PublishGrammar;
  readonly origin?: Origin;
}

/**
 * Parses the short syntax of `docker run -p` and Compose `ports`: `[[ip:][hostports]:]containerports[/protocol]`.
 * Returns one publish per container port. Grammar: docker/go-connections, nat.ParsePortSpec.
 * @throws PortplanError `invalid-publish`, whose `reason` is a {@link PublishErrorReason}.
 */
export function parsePublish(text: string, options: ParseOptions = {}): Publish[] {
  const grammar = options.grammar ?? publishGrammars.current;
  const origin = options.origin ?? { kind: 'argument', text };
  const spec = split(text, grammar);
  if (spec.container === '')
    throw invalidPublish(text, 'missing-container-port', 'it names no container port');

  const protocol = readProtocol(text, spec.protocol);
  const address = readAddress(text, spec.ip);
  const targets = readRange(text, spec.container, 'container', grammar);
  if (targets === undefined)
    throw invalidPublish(text, 'missing-container-port', 'it names no container port');
  const hosts = readRange(text, spec.host, 'host', grammar);

  const base = { hostIp: spec.ip, address, protocol, mode: 'ingress', origin } as const;
  const targetCount = targets.last - targets.first + 1;
  const chosen =
    hosts === undefined || (hosts.first === 0 && hosts.last === 0)
      ? undefined
      : toPortRange(text, hosts);
  if (chosen !== undefined && targetCount !== chosen.last - chosen.first + 1 && targetCount !== 1) {
    throw invalidPublish(
      text,
      'range-mismatch',
      `the ranges ${spec.host} and ${spec.container} differ in length`,
    );
  }
  if (targetCount === 1)
    return [{ ...base, target: targets.first, ...(chosen && { hostPorts: chosen }) }];
  return Array.from({ length: targetCount }, (_, offset) => ({
    ...base,
    target: targets.first + offset,
    ...(chosen && { hostPorts: nthPort(chosen, offset) }),
  }));
}

/**
 * Parses a value of `docker run -p`: the short syntax or, if it contains `=`, the `key=value,…` form. In that form
 * docker reads only `published`, `target` and `protocol`. `ignored` lists the keys that docker silently ignores, such
 * as `host_ip`.
 * @throws PortplanError `invalid-publish`
 */
export function parsePublishFlag(
  text: string,
  options: ParseOptions = {},
): { publishes: Publish[]; ignored: string[] } {
  if (!text.includes('=')) return { publishes: parsePublish(text, options), ignored: [] };
  const used = new Map([['protocol', 'tcp']]);
  const ignored: string[] = [];
  for (const field of text.split(',')) {
    const separator = field.indexOf('=');
    if (separator < 0)
      throw invalidPublish(text, 'invalid-long-option', `"${field}" is not key=value`);
    const key = field.slice(0, separator);
    if (['published', 'target', 'protocol'].includes(key))
      used.set(key, field.slice(separator + 1));
    else ignored.push(key);
  }
  const target = used.get('target') ?? '';
  if (target === '') throw invalidPublish(text, 'missing-container-port', 'it has no target=');
  const published = used.get('published') ?? '';
  const short = `${published === '' ? '' : `${published}:`}${target}/${used.get('protocol')}`;
  const origin = options.origin ?? { kind: 'argument', text };
  return { publishes: parsePublish(short, { ...options, origin }), ignored };
}

function split(text: string, grammar: PublishGrammar) {
  const slash = text.indexOf('/');
  const ports = slash < 0 ? text : text.slice(0, slash);
  const suffix = slash < 0 ? '' : text.slice(slash + 1);
  const protocol = grammar.ignoresExtraParts ? (suffix.split('/')[0] ?? '') : suffix;
  const parts = ports.split(':');
  const container = parts.pop() ?? '';
  const host = parts.pop() ?? '';
  return { container, host, protocol, ip: readIpText(text, parts.join(':'), grammar) };
}

function readIpText(text: string, ip: string, grammar: PublishGrammar): string {
  const bracketed = /^\[(.*)\]$/.exec(ip)?.[1];
  if (bracketed !== undefined) return bracketed;
  if (ip.includes(':') && !grammar.rawIPv6) {
    throw invalidPublish(
      text,
      'invalid-ip',
      `the IPv6 address ${ip} needs brackets here`,
      `write [${ip}]`,
    );
  }
  // A lone colon before the ports (`::80`) is an empty address.
  return ip === ':' ? '' : ip;
}

function readProtocol(text: string, protocol: string): Protocol {
  const name = protocol === '' ? 'tcp' : protocol.toLowerCase();
  if (isProtocol(name)) return name;
  throw invalidPublish(
    text,
    'invalid-protocol',
    `"${protocol}" is not a protocol`,
    'expected tcp, udp or sctp',
  );
}

function readAddress(text: string, ip: string) {
  if (ip === '*')
    throw invalidPublish(
      text,
      'invalid-ip',
      '"*" is not an IP address',
      'leave the address away for all',
    );
  try {
    return toHostAddress(ip);
  } catch (cause) {
    throw invalidPublish(
      text,
      'invalid-ip',
      `"${ip}" is not an IP address`,
      ip === 'localhost'
        ? 'write 127.0.0.1 (or [::1]) for this host alone'
        : 'expected an IPv4 or IPv6 literal',
      cause,
    );
  }
}

interface NumberRange {
  readonly first: number;
  readonly last: number;
}

function readRange(
  text: string,
  range: string,
  side: 'container' | 'host',
  grammar: PublishGrammar,
): NumberRange | undefined {
  if (range === '') return undefined;
  const parts = range.split('-');
  const numbers = (grammar.ignoresExtraParts ? parts.slice(0, 2) : parts).map((part) =>
    readNumber(part, grammar),
  );
  const [first, last = first] = numbers;
  const reason = `invalid-${side}-port` as const;
  if (
    first === undefined ||
    last === undefined ||
    numbers.length > 2 ||
    numbers.includes(undefined)
  ) {
    throw invalidPublish(
      text,
      reason,
      `"${range}" is not a ${side} port`,
      `expected a number from 1 to ${highestPort}, or a range of two`,
    );
  }
  if (last < first)
    throw invalidPublish(
      text,
      reason,
      `the ${side} range ${range} runs backwards`,
      `write ${last}-${first}`,
    );
  if (side === 'container' && first === 0 && !grammar.zeroTarget) {
    throw invalidPublish(
      text,
      reason,
      'a container port cannot be 0',
      `expected 1 to ${highestPort}`,
    );
  }
  return { first, last };
}

function readNumber(text: string, grammar: PublishGrammar): number | undefined {
  const pattern = grammar.plusSign ? /^\+?\d+$/ : /^\d+$/;
  if (!pattern.test(text)) return undefined;
  const value = Number(text);
  return value <= highestPort ? value : undefined;
}

/** Only a single port may be 0: the engine rejects a pool that starts at 0 (`invalid port range: 0-5`). */
function toPortRange(text: string, { first, last }: NumberRange): PortRange {
  if (first === 0)
    throw invalidPublish(
      text,
      'invalid-host-port',
      'a host range cannot begin at 0',
      'begin it at 1 or above',
    );
  return { first: toPort(first), last: toPort(last) };
}

function nthPort(range: PortRange, offset: number): PortRange {
  const port = toPort(range.first + offset);
  return singlePort(port);
}

function invalidPublish(
  text: string,
  reason: PublishErrorReason,
  problem: string,
  hint?: string,
  cause?: unknown,
): PortplanError {
  return new PortplanError('invalid-publish', `invalid publish "${text}": ${problem}`, {
    reason,
    hint:
      hint ??
      'expected [ADDRESS:][HOST-PORT:]CONTAINER-PORT[/PROTOCOL], such as 8080:80 or 127.0.0.1:8080:80/udp',
    cause,
  });
}

/**
 * The differences between parsers of the publish syntax: the docker CLI and Compose link different versions of
 * docker/go-connections. Measured with versions 0.4.0, 0.5.0 and 0.8.1; 0.6.0 from its source.
 */
export interface PublishGrammar {
  /** Whether IPv6 addresses are accepted without brackets (`::1:8080:80`). */
  readonly rawIPv6: boolean;
  /** Whether a plus sign before a number is skipped (`+8080:80`). */
  readonly plusSign: boolean;
  /** Whether the text after a second `-` or a second `/` is ignored instead of rejected. */
  readonly ignoresExtraParts: boolean;
  /** Whether the parser accepts container port 0, as the engine does up to 29.1. */
  readonly zeroTarget: boolean;
}

const goConnections060: PublishGrammar = {
  rawIPv6: true,
  plusSign: true,
  ignoresExtraParts: false,
  zeroTarget: false,
};
const goConnections050: PublishGrammar = {
  rawIPv6: true,
  plusSign: false,
  ignoresExtraParts: true,
  zeroTarget: true,
};
const goConnections040: PublishGrammar = { ...goConnections050, rawIPv6: false };

/** The grammars by parser version. */
export const publishGrammars = {
  /** Docker CLI 29, Compose 5. */
  current: goConnections060,
  /** Docker CLI 25 to 28, Compose 2.24 to 2.39. */
  'go-connections 0.5': goConnections050,
  /** Docker CLI 20.10 to 24, Compose up to 2.20, and Debian's build of Compose 2.40. */
  'go-connections 0.4': goConnections040,
} as const satisfies Record<string, PublishGrammar>;
