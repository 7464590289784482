import type { Assignment } from '../../model/findings/plan.ts';
import { inRange, type Port, type PortRange, toPort } from '../../model/ports/port.ts';
import { kindOf, type Publish } from '../../model/ports/publish.ts';
import { type ComposeProject, type ComposePublish, publishesOf } from '../project.ts';
import type { SkippedMove } from './edit.ts';

/** A publish of a project with its new host ports. */
export interface Move {
  readonly service: string;
  readonly publish: ComposePublish;
  /** One port per replica. */
  readonly ports: PortRange;
  /** Host address of the plan, if the file has none. */
  readonly bindAddress?: Pick<Publish, 'hostIp' | 'address'> | undefined;
}

/** The moves of a plan, and the changes that no port entry can express. */
export interface Moves {
  readonly moves: readonly Move[];
  readonly skipped: readonly SkippedMove[];
}

/**
 * Returns the moves that a plan requires in a project. A fixed port moves if the plan has another one, a pool if the
 * planned port is outside it. An engine-chosen port is always pinned; omit its assignment to keep it open. Assignments
 * of other projects are ignored. Several assignments of one publish belong to its replicas.
 */
export function findMoves(project: ComposeProject, assignments: readonly Assignment[]): Moves {
  const finder = createFinder(project);
  const grouped = new Map<ComposePublish, Assignment[]>();
  for (const assignment of assignments) {
    const publish = finder.find(assignment.publish);
    if (publish === undefined) continue;
    grouped.set(publish, [...(grouped.get(publish) ?? []), assignment]);
  }
  const moves: Move[] = [];
  const skipped: SkippedMove[] = [];
  for (const [publish, planned] of grouped) {
    const { service } = publish.origin;
    const bindAddress = planned
      .map((assignment) => assignment.publish)
      .find(({ address }) => address !== publish.address);
    if (bindAddress === undefined && planned.every(({ port }) => isUnchanged(publish, port)))
      continue;
    const ports = toRange(planned.map(({ port }) => port));
    const skip = (reason: SkippedMove['reason'], message: string) =>
      void skipped.push({ publish, reason, message });
    const bindsElsewhere = planned.some(({ address, publish }) => address !== publish.address);
    if (bindsElsewhere || (bindAddress !== undefined && publish.hostIp !== '')) {
      skip('address', `the plan binds an address other than that of "${publish.entry.text}"`);
    } else if (ports === undefined) {
      skip('range', `the replicas of "${service}" need consecutive ports to share one entry`);
    } else moves.push({ service, publish, ports, bindAddress });
  }
  return { moves, skipped };
}

/** Finds the project's publish for an assignment, which may refer to a copy of it. */
function createFinder(project: ComposeProject) {
  const publishes = project.services.flatMap((service) => publishesOf(service));
  const known = new Set<Publish>(publishes);
  const byKey = new Map(publishes.map((publish) => [publishKey(publish), publish]));
  const isKnown = (publish: Publish): publish is ComposePublish => known.has(publish);
  return {
    find(publish: Publish): ComposePublish | undefined {
      if (isKnown(publish)) return publish;
      const key = 'key' in publish ? publishKey(publish as ComposePublish) : undefined;
      return key === undefined ? undefined : byKey.get(key);
    },
  };
}

/** Compose identifies a port of a service by its merge key. */
function publishKey({ origin, entry, key }: ComposePublish): string {
  return JSON.stringify([origin.project, origin.service, entry.range.path, key]);
}

function isUnchanged(publish: Publish, port: Port): boolean {
  return kindOf(publish) !== 'engine-chosen' && inRange(port, publish.hostPorts ?? emptyRange);
}

const emptyRange: PortRange = { first: toPort(65_535), last: toPort(1) };

function toRange(ports: readonly Port[]): PortRange | undefined {
  const sorted = [...new Set(ports)].sort((a, b) => a - b);
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  return last - first + 1 === sorted.length ? { first, last } : undefined;
}
