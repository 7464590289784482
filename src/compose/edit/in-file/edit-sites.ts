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
 * A range of a file that sets host ports: a short entry, `published` of a long entry, or a long entry without it.
 * Aliases, merge keys and `extends` can make one site set the ports of several services.
 */
export interface EditSite {
  readonly range: SourceRange;
  readonly entry: PortEntry;
  /** All publishes that the site sets, in any service. */
  readonly publishes: readonly ComposePublish[];
  /** The moves of these publishes. */
  readonly moves: readonly Move[];
}

/** Returns the sites of all ports that move. */
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

/** Returns the old and new ports of a site, or why its ports cannot move together. */
export function renumberingOf(site: EditSite): Renumbering | SkipReason {
  const movedTo = new Map(site.moves.map(({ publish, ports }) => [publish, ports]));
  const expected = new Map<string, ExpectedPorts>();
  for (const publish of site.publishes) {
    const to = movedTo.get(publish) ?? publish.hostPorts;
    const other = expected.get(publish.key);
    if (other !== undefined && !isSame(other.to, to)) return sharedEntry(site);
    expected.set(publish.key, { publish, from: publish.hostPorts, to });
  }
  const ports = [...expected.values()].sort((a, b) => a.publish.target - b.publish.target);
  const [first] = ports;
  if (first?.to === undefined) return splitRange(site);
  if (ports.length === 1) return { from: first.from, to: first.to };
  const to = joinPorts(ports.map((port) => port.to));
  const isEngineChosen = ports.every(({ publish }) => kindOf(publish) === 'engine-chosen');
  const from = isEngineChosen ? undefined : joinPorts(ports.map((port) => port.from));
  const isSplit = to === undefined || (from === undefined && !isEngineChosen);
  return isSplit ? splitRange(site) : { from, to };
}

interface ExpectedPorts {
  readonly publish: ComposePublish;
  readonly from: PortRange | undefined;
  readonly to: PortRange | undefined;
}

function isSame(one: PortRange | undefined, other: PortRange | undefined): boolean {
  return one?.first === other?.first && one?.last === other?.last;
}

/** Consecutive single ports as one range; `undefined` if they are not consecutive. */
function joinPorts(ranges: readonly (PortRange | undefined)[]): PortRange | undefined {
  const [start] = ranges;
  const end = ranges.at(-1);
  if (start === undefined || end === undefined) return undefined;
  const areConsecutive = ranges.every((range, index) => {
    return range?.first === start.first + index && range.last === range.first;
  });
  return areConsecutive ? { first: start.first, last: end.last } : undefined;
}

function sharedEntry({ entry, publishes }: EditSite): SkipReason {
  const services = [...new Set(publishes.map(({ origin }) => origin.service))];
  const message = `"${entry.text}" is shared by ${services.join(', ')}, which need different ports`;
  return { reason: 'shared', message };
}

function splitRange({ entry }: EditSite): SkipReason {
  const message = `"${entry.text}" is one entry: all its ports must move, to consecutive ports`;
  return { reason: 'range', message };
}

/** Returns whether a result is the reason why an edit is skipped. */
export function isSkipped(value: object): value is SkipReason {
  return 'reason' in value;
}
