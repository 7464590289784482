import type { Assignment } from '../../model/findings/plan.ts';
import { inRange, type Port, type PortRange, toPort } from '../../model/ports/port.ts';
import { kindOf, type Publish } from '../../model/ports/publish.ts';
import { type ComposeProject, type ComposePublish, publishesOf } from '../project.ts';
import type { SkippedMove } from './edit.ts';

/** A publish of a project that gets other host ports. */
export interface Move {
  readonly service: string;
  readonly publish: ComposePublish;
  /** One port, or as many as the service has replicas. */
  readonly ports: PortRange;
  /** The host address that it gets, where the file names none and the plan does. */
  readonly bindAddress?: Pick<Publish, 'hostIp' | 'address'> | undefined;
}

/** What of a plan changes a project, and what of it no entry can say. */
export interface Moves {
  readonly moves: readonly Move[];
  readonly skipped: readonly SkippedMove[];
}

/**
 * The moves that a plan asks of a project. A fixed port moves where another one is planned, a pool where the planned
 * port lies outside of it; a port that the engine chooses is always pinned, so leave its assignment away to keep it
 * open. Assignments of other projects are passed over. Several assignments of one publish are its replicas'.
 */
export function findMoves(project: ComposeProject, assignments: readonly Assignment[]): Moves {
  const owned = ownersIn(project);
  const grouped = new Map<ComposePublish, Assignment[]>();
  for (const assignment of assignments) {
    const own = owned.find(assignment.publish);
    if (own === undefined) continue;
    grouped.set(own, [...(grouped.get(own) ?? []), assignment]);
  }
  const moves: Move[] = [];
  const refused: SkippedMove[] = [];
  for (const [publish, planned] of grouped) {
    const { service } = publish.origin;
    const bindAddress = planned
      .map((one) => one.publish)
      .find(({ address }) => address !== publish.address);
    if (bindAddress === undefined && planned.every(({ port }) => isUnchanged(publish, port)))
      continue;
    const ports = toRange(planned.map(({ port }) => port));
    const refuse = (reason: SkippedMove['reason'], message: string) =>
      void refused.push({ publish, reason, message });
    const strays = planned.some((one) => one.address !== one.publish.address);
    if (strays || (bindAddress !== undefined && publish.hostIp !== '')) {
      refuse('address', `the plan binds another address than "${publish.entry.text}" says`);
    } else if (ports === undefined) {
      refuse('range', `the replicas of "${service}" need ports in a row to share one entry`);
    } else moves.push({ service, publish, ports, bindAddress });
  }
  return { moves, skipped: refused };
}

/** Finds the publish of the project that an assignment is about: itself, or a copy of it. */
function ownersIn(project: ComposeProject) {
  const publishes = project.services.flatMap((service) => publishesOf(service));
  const own = new Set<Publish>(publishes);
  const byKey = new Map(publishes.map((publish) => [publishKey(publish), publish]));
  const isOwn = (publish: Publish): publish is ComposePublish => own.has(publish);
  return {
    find(publish: Publish): ComposePublish | undefined {
      if (isOwn(publish)) return publish;
      const bindAddress = 'key' in publish ? publishKey(publish as ComposePublish) : undefined;
      return bindAddress === undefined ? undefined : byKey.get(bindAddress);
    },
  };
}

/** Compose knows a port of a service by its key. */
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
