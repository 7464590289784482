import type { PortRange } from '../../../model/ports/port.ts';
import { kindOf } from '../../../model/ports/publish.ts';
import {
  type ComposeProject,
  type ComposePublish,
  type PortEntry,
  publishesOf,
} from '../../project.ts';
import type { SourceRange } from '../../yaml/source.ts';
import type { SkipReason } from '../edit.ts';
import type { Move } from '../moves.ts';
import type { Renumbering } from './renumber.ts';

/**
 * A place in a file where host ports are written: a short entry, `published` of a long one, or a long entry that lacks
 * it. Aliases, merge keys and `extends` let several services have their ports from one site.
 */
export interface EditSite {
  readonly range: SourceRange;
  readonly entry: PortEntry;
  /** Everything that the site publishes, in any service. */
  readonly publishes: readonly ComposePublish[];
  /** Those of it that are to move. */
  readonly moves: readonly Move[];
}

/** The sites of all ports that are to move. */
export function findEditSites(
  project: ComposeProject,
  moves: readonly Move[],
): readonly EditSite[] {
  const sites = new Map<string, EditSite & { publishes: ComposePublish[]; moves: Move[] }>();
  for (const { publish } of moves) {
    const range = siteOf(publish);
    sites.set(idOf(range), { range, entry: publish.entry, publishes: [], moves: [] });
  }
  for (const publish of project.services.flatMap((service) => publishesOf(service))) {
    sites.get(idOf(siteOf(publish)))?.publishes.push(publish);
  }
  for (const move of moves) sites.get(idOf(siteOf(move.publish)))?.moves.push(move);
  return [...sites.values()];
}

function siteOf({ entry }: ComposePublish): SourceRange {
  return entry.publishedRange ?? entry.range;
}

function idOf({ path, start }: SourceRange): string {
  return `${start} ${path}`;
}

/** What is to become of the numbers of a site, or why its ports cannot move together. */
export function renumberingOf(site: EditSite): Renumbering | SkipReason {
  const movedTo = new Map(site.moves.map(({ publish, ports }) => [publish, ports]));
  const wanted = new Map<string, ExpectedPorts>();
  for (const publish of site.publishes) {
    const to = movedTo.get(publish) ?? publish.hostPorts;
    const other = wanted.get(publish.key);
    if (other !== undefined && !isSame(other.to, to)) return sharedEntry(site);
    wanted.set(publish.key, { publish, from: publish.hostPorts, to });
  }
  const ports = [...wanted.values()].sort((a, b) => a.publish.target - b.publish.target);
  const [first] = ports;
  if (first?.to === undefined) return splitRange(site);
  if (ports.length === 1) return { from: first.from, to: first.to };
  const to = joinPorts(ports.map((port) => port.to));
  const open = ports.every(({ publish }) => kindOf(publish) === 'engine-chosen');
  const from = open ? undefined : joinPorts(ports.map((port) => port.from));
  return to === undefined || (from === undefined && !open) ? splitRange(site) : { from, to };
}

interface ExpectedPorts {
  readonly publish: ComposePublish;
  readonly from: PortRange | undefined;
  readonly to: PortRange | undefined;
}

function isSame(one: PortRange | undefined, other: PortRange | undefined): boolean {
  return one?.first === other?.first && one?.last === other?.last;
}

/** Single ports in a row, as one range. */
function joinPorts(ranges: readonly (PortRange | undefined)[]): PortRange | undefined {
  const [start] = ranges;
  const end = ranges.at(-1);
  if (start === undefined || end === undefined) return undefined;
  const inRow = ranges.every((range, index) => {
    return range?.first === start.first + index && range.last === range.first;
  });
  return inRow ? { first: start.first, last: end.last } : undefined;
}

function sharedEntry({ entry, publishes }: EditSite): SkipReason {
  const services = [...new Set(publishes.map(({ origin }) => origin.service))];
  const message = `"${entry.text}" is written once for ${services.join(', ')}, which need different ports`;
  return { reason: 'shared', message };
}

function splitRange({ entry }: EditSite): SkipReason {
  const message = `"${entry.text}" is one entry: its ports must all move, to ports in a row`;
  return { reason: 'range', message };
}

/** Whether it says why something cannot be done. */
export function isSkipped(value: object): value is SkipReason {
  return 'reason' in value;
}
