import type { Location } from '../../errors.ts';
import {
  type Conflict,
  conflictLocation,
  isFailure,
  publishOf,
} from '../../model/findings/conflict.ts';
import { describeConflict, wantedText } from '../../model/findings/describe-conflict.ts';
import { shortName } from '../../model/findings/describe-holder.ts';
import type { Publish } from '../../model/ports/publish.ts';
import { safeText } from '../../model/text/safe-text.ts';
import { type ExcerptPlace, renderExcerpt } from '../../output/excerpt.ts';
import { adviceRows, holderRows, row, verdictOf, verdictWidth, wrap } from '../../output/rows.ts';
import { createLineOf, type LineOf } from '../../output/source-lines.ts';
import type { TextOptions } from '../../output/table.ts';

/** Enough to read; JSON has all findings. */
const maxBlocks = 100;
/** Places in the excerpt of one block. */
const maxPlaces = 10;
/** Line width in characters, without a terminal. */
const defaultWidth = 100;

/**
 * Returns one block per finding in a file: failures, warnings, then allowed findings, each sorted by file and line.
 * Findings that differ only in the port of a range share a block, and so do findings of several services about one lease.
 */
export function renderFileFindings(
  conflicts: readonly Conflict[],
  options: TextOptions,
): readonly string[] {
  const lineOf = createLineOf(options.sourceOf);
  const similar = [...groupSimilar(conflicts).values()];
  const groups = [...mergeByLease(similar)].sort(byWeightAndLocation);
  const blocks = groups.slice(0, maxBlocks).map((group) => findingBlock(group, options, lineOf));
  const more = groups.length - blocks.length;
  return more === 0
    ? blocks
    : [...blocks, options.style.dim(`and ${more} more findings; --format json lists them all`)];
}

/** Findings that share a block; never empty. */
type Group = readonly [Conflict, ...Conflict[]];

function groupSimilar(conflicts: readonly Conflict[]): ReadonlyMap<string, Group> {
  const groups = new Map<string, [Conflict, ...Conflict[]]>();
  for (const conflict of conflicts) {
    const key = groupKeyOf(conflict);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [conflict]);
    else group.push(conflict);
  }
  return groups;
}

/** Merges the groups of one lease, because its holder and its fix are the same for every service. */
function mergeByLease(groups: readonly Group[]): readonly Group[] {
  const merged = new Map<string, Group>();
  for (const group of groups) {
    const key = leaseKeyOf(group[0]) ?? groupKeyOf(group[0]);
    const earlier = merged.get(key);
    merged.set(key, earlier === undefined ? group : [...earlier, ...group]);
  }
  return [...merged.values()];
}

function leaseKeyOf(conflict: Conflict): string | undefined {
  if (conflict.code !== 'port-claimed' || conflict.binding.holder.kind !== 'lease')
    return undefined;
  const { severity, certainty, allowed, binding } = conflict;
  const { address, port, protocol, holder } = binding;
  return JSON.stringify([severity, certainty, allowed, address, port, protocol, holder]);
}

function groupKeyOf(conflict: Conflict): string {
  const { code, severity, certainty, allowed } = conflict;
  const publish = publishOf(conflict);
  const service = publish && serviceOf(publish);
  const other =
    conflict.code === 'published-twice'
      ? [serviceOf(conflict.other), firstLocation(conflict.other)]
      : undefined;
  const holder = 'binding' in conflict ? shortName(conflict.binding) : undefined;
  const message = publish === undefined ? describeConflict(conflict) : undefined;
  const location = conflictLocation(conflict);
  return JSON.stringify([
    code,
    severity,
    certainty,
    allowed,
    location,
    service,
    other,
    holder,
    message,
  ]);
}

function byWeightAndLocation([one]: Group, [other]: Group): number {
  return (
    weightOf(one) - weightOf(other) ||
    compareLocations(conflictLocation(one), conflictLocation(other))
  );
}

function weightOf(conflict: Conflict): number {
  if (isFailure(conflict)) return 0;
  return conflict.allowed === undefined ? 1 : 2;
}

function compareLocations(one: Location | undefined, other: Location | undefined): number {
  if (one === undefined || other === undefined) return 0;
  if (one.file !== other.file) return one.file < other.file ? -1 : 1;
  return one.line - other.line || one.column - other.column;
}

function findingBlock(group: Group, options: TextOptions, lineOf: LineOf): string {
  const [conflict, ...similar] = group;
  const suggestion = group.find((one) => one.suggestion !== undefined)?.suggestion;
  const { word, paint } = verdictOf(conflict, options.style);
  const [first = '', ...others] = headline(conflict, options).map(options.style.bold);
  const indent = ' '.repeat(verdictWidth);
  const excerpt = renderExcerpt(excerptPlacesOfGroup(group), {
    lineOf,
    width: (options.width ?? defaultWidth) - verdictWidth,
    style: options.style,
    paint,
  });
  return [
    `${paint(word)}  ${first}`,
    ...[...others, ...excerpt].map((line) => indent + line),
    ...similarRows(
      similar.filter((one) => isSameOrigin(one, conflict)),
      options,
    ),
    ...(conflict.allowed === undefined
      ? [...holderRows(conflict, options), ...adviceRows({ ...conflict, suggestion }, options)]
      : [row('allowed', conflict.allowed, options)]),
  ].join('\n');
}

function headline(conflict: Conflict, { width = defaultWidth }: TextOptions): readonly string[] {
  const text = `${safeText(describeConflict(conflict))} [${conflict.code}]`;
  return wrap(text, Math.max(30, width - verdictWidth));
}

/** Returns the location of the finding, and that of the other publish if it differs. */
function excerptPlacesOf(conflict: Conflict): readonly ExcerptPlace[] {
  const location = conflictLocation(conflict);
  if (location === undefined) return [];
  const publish = publishOf(conflict);
  if (publish === undefined) return [{ location }];
  const service = serviceOf(publish);
  if (conflict.code !== 'published-twice') return [{ location, label: labelOf(service) }];
  const other = { location: firstLocation(conflict.other), service: serviceOf(conflict.other) };
  if (other.location === undefined) return [{ location, label: labelOf(service) }];
  if (isSameLocation(location, other.location)) {
    const label =
      service === other.service
        ? `${labelOf(service)}, twice`
        : `services ${other.service} and ${service}`;
    return [{ location, label }];
  }
  return [
    { location, label: labelOf(service) },
    { location: other.location, label: labelOf(other.service) },
  ];
}

/** Returns the places of a group: those of its first finding, then one for each further service. */
function excerptPlacesOfGroup([first, ...others]: Group): readonly ExcerptPlace[] {
  const elsewhere = new Map(
    others
      .filter((one) => !isSameOrigin(one, first))
      .map((one) => [originKeyOf(one), excerptPlacesOf(one)] as const),
  );
  return [...excerptPlacesOf(first), ...[...elsewhere.values()].flat()].slice(0, maxPlaces);
}

function isSameOrigin(one: Conflict, other: Conflict): boolean {
  return originKeyOf(one) === originKeyOf(other);
}

function originKeyOf(conflict: Conflict): string {
  const publish = publishOf(conflict);
  return JSON.stringify([conflictLocation(conflict), publish && serviceOf(publish)]);
}

function isSameLocation(one: Location, other: Location): boolean {
  return one.file === other.file && one.line === other.line && one.column === other.column;
}

function firstLocation({ origin }: Publish): Location | undefined {
  return origin.kind === 'compose' ? origin.location : undefined;
}

function serviceOf({ origin }: Publish): string | undefined {
  return origin.kind === 'compose' ? origin.service : undefined;
}

function labelOf(service: string | undefined): string | undefined {
  return service === undefined ? undefined : `service ${service}`;
}

function similarRows(similar: readonly Conflict[], options: TextOptions): readonly string[] {
  const ports = similar.flatMap((conflict) => {
    const publish = publishOf(conflict);
    return publish ? [wantedText(publish)] : [];
  });
  if (ports.length === 0) return [];
  const [first, last] = [ports[0], ports.at(-1)];
  const text = ports.length <= 3 ? ports.join(', ') : `${first} to ${last} (${ports.length} more)`;
  return [row('also', text, options)];
}
