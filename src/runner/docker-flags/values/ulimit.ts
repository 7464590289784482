import type { Ulimit } from '../create-body.ts';
import { invalidFlag } from '../flag-error.ts';

const names = [
  'core',
  'cpu',
  'data',
  'fsize',
  'locks',
  'memlock',
  'msgqueue',
  'nice',
  'nofile',
  'nproc',
  'rss',
  'rtprio',
  'rttime',
  'sigpending',
  'stack',
];

/**
 * Parses a value of `--ulimit`, `NAME=SOFT[:HARD]`. The hard limit defaults to the soft one (docker/go-units: ParseUlimit).
 * @throws PortplanError `invalid-usage`
 */
export function parseUlimit(text: string): Ulimit {
  const match = /^([a-z]+)=([^:]*)(?::([^:]*))?$/.exec(text);
  if (match === null) throw invalidUlimit(text, 'not a limit');
  const [, name = '', softText = '', hardText = softText] = match;
  if (!names.includes(name))
    throw invalidUlimit(text, `unknown limit "${name}"`, `expected ${names.join(', ')}`);
  const [soft, hard] = [toLimit(text, softText), toLimit(text, hardText)];
  if (hard !== -1 && (soft === -1 || soft > hard))
    throw invalidUlimit(text, 'the soft limit is above the hard limit');
  return { Name: name, Soft: soft, Hard: hard };
}

/** Returns one limit per name, sorted by name; the last duplicate wins. */
export function toUlimits(list: readonly string[]): readonly Ulimit[] {
  const byName = new Map(list.map(parseUlimit).map((limit) => [limit.Name, limit]));
  return [...byName.values()].sort((one, other) => (one.Name < other.Name ? -1 : 1));
}

function toLimit(text: string, limit: string): number {
  if (limit === 'infinity' || limit === '-1') return -1;
  if (/^\d{1,15}$/.test(limit)) return Number(limit);
  throw invalidUlimit(text, `invalid limit "${limit}"`);
}

function invalidUlimit(
  text: string,
  reason: string,
  hint = 'expected NAME=SOFT[:HARD], such as nofile=1024:2048; -1 for unlimited',
) {
  return invalidFlag('ulimit', text, reason, hint);
}
