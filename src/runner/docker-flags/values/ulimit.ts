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
 * Reads a value of `--ulimit`, `NAME=SOFT[:HARD]`; without a hard limit it is the soft one (docker/go-units:
 * ParseUlimit).
 * @throws PortplanError `invalid-usage`
 */
export function parseUlimit(text: string): Ulimit {
  const match = /^([a-z]+)=([^:]*)(?::([^:]*))?$/.exec(text);
  if (match === null) throw fault(text, 'not a limit');
  const [, name = '', softText = '', hardText = softText] = match;
  if (!names.includes(name))
    throw fault(text, `there is no limit "${name}"`, `expected ${names.join(', ')}`);
  const [soft, hard] = [toLimit(text, softText), toLimit(text, hardText)];
  if (hard !== -1 && (soft === -1 || soft > hard))
    throw fault(text, 'its soft limit is above the hard one');
  return { Name: name, Soft: soft, Hard: hard };
}

/** One limit for each name, of which the last counts, by name. */
export function toUlimits(list: readonly string[]): readonly Ulimit[] {
  const byName = new Map(list.map(parseUlimit).map((limit) => [limit.Name, limit]));
  return [...byName.values()].sort((one, other) => (one.Name < other.Name ? -1 : 1));
}

function toLimit(text: string, limit: string): number {
  if (limit === 'infinity' || limit === '-1') return -1;
  if (/^\d{1,15}$/.test(limit)) return Number(limit);
  throw fault(text, `"${limit}" is not a limit`);
}

function fault(
  text: string,
  why: string,
  hint = 'expected NAME=SOFT[:HARD], such as nofile=1024:2048; -1 for none',
) {
  return invalidFlag('ulimit', text, why, hint);
}
