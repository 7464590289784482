import type { ComposeProject, ComposeService, PortEntry } from '../../compose/project.ts';
import type { Location } from '../../errors.ts';
import { type Conflict, conflictLocation, publishOf } from '../../model/findings/conflict.ts';

/** Returns the finding, marked as allowed if a comment at its location or `x-portplan` of its service or project gives a reason. */
export function applySuppressions(
  conflict: Conflict,
  projects: readonly ComposeProject[],
): Conflict {
  const allowed = reasonFor(conflict, projects);
  return allowed === undefined ? conflict : { ...conflict, allowed };
}

function reasonFor(conflict: Conflict, projects: readonly ComposeProject[]): string | undefined {
  const ports = portsAt(conflict, projects);
  for (const service of new Set(ports.map((port) => port.service))) {
    const ofService = ports.filter((port) => port.service === service);
    const comment = ofService
      .flatMap(({ entry }) => entry.suppressions)
      .find(({ code }) => code === conflict.code);
    if (comment !== undefined) return comment.reason;
    const declared =
      declaredReason(service.extension, conflict.code) ??
      declaredReason(ofService[0]?.project.extension, conflict.code);
    if (declared !== undefined) return declared;
  }
  return undefined;
}

interface Port {
  readonly entry: PortEntry;
  readonly service: ComposeService;
  readonly project: ComposeProject;
  /** Position in the file. */
  readonly rank: number;
}

/** Returns the ports of a finding, or those at its location. */
function portsAt(conflict: Conflict, projects: readonly ComposeProject[]): readonly Port[] {
  const { byLocation, byPublish } = portsOf(projects);
  const location = conflictLocation(conflict);
  const about = [
    publishOf(conflict),
    conflict.code === 'published-twice' ? conflict.other : undefined,
  ].flatMap((publish) => (publish && byPublish.get(publish)) ?? []);
  const there = (location && byLocation.get(locationKey(location))) ?? [];
  return [...new Set([...about, ...there])].sort((one, other) => one.rank - other.rank);
}

interface Ports {
  readonly byLocation: ReadonlyMap<string, readonly Port[]>;
  readonly byPublish: ReadonlyMap<unknown, Port>;
}

// Cached, because there may be as many findings as ports.
const cache = new WeakMap<readonly ComposeProject[], Ports>();

function portsOf(projects: readonly ComposeProject[]): Ports {
  const cached = cache.get(projects);
  if (cached !== undefined) return cached;
  const byLocation = new Map<string, Port[]>();
  const byPublish = new Map<unknown, Port>();
  let rank = 0;
  for (const project of projects) {
    for (const service of project.services) {
      for (const one of [...service.publishes, ...service.unknownPorts]) {
        const location = 'location' in one ? one.location : one.origin.location;
        const port = { entry: one.entry, service, project, rank };
        rank += 1;
        byPublish.set(one, port);
        const key = locationKey(location);
        const there = byLocation.get(key);
        if (there === undefined) byLocation.set(key, [port]);
        // One item of `ports` may be a range of thousands that share their suppressions.
        else if (there.at(-1)?.entry !== port.entry) there.push(port);
      }
    }
  }
  const ports = { byLocation, byPublish };
  cache.set(projects, ports);
  return ports;
}

function locationKey({ file, line, column }: Location): string {
  return `${line}:${column}:${file}`;
}

/** `x-portplan: { allow: { CODE: REASON } }`. */
function declaredReason(extension: unknown, code: string): string | undefined {
  if (typeof extension !== 'object' || extension === null || !('allow' in extension))
    return undefined;
  const { allow } = extension;
  if (typeof allow !== 'object' || allow === null) return undefined;
  const reason: unknown = Object.entries(allow).find(([key]) => key === code)?.[1];
  return reason === undefined ? undefined : String(reason ?? '');
}
