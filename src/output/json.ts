import type { Location, PortplanError } from '../errors.ts';
import { type Conflict, publishOf } from '../model/findings/conflict.ts';
import { describeConflict } from '../model/findings/describe-conflict.ts';
import type { ExplainedError } from '../model/findings/explanation.ts';
import type { Assignment } from '../model/findings/plan.ts';
import type { LeaseEntry, Report, StartedItem, StoppedItem } from '../model/findings/report.ts';
import type { Binding } from '../model/host/binding.ts';
import { anyAddress, type HostAddress } from '../model/ports/address.ts';
import { type Publish, publishedText } from '../model/ports/publish.ts';

/** The version of the JSON output; additions keep it, changes of meaning raise it. */
export const schemaVersion = 1;

/** Returns a report as JSON v1, whose schema is in the package. */
export function renderJson(report: Report): string {
  return stringify({ schemaVersion, command: report.command, ...bodyOf(report) });
}

/** Returns an error as JSON v1. */
export function renderJsonError(
  { code, message, hint, location, reason }: PortplanError,
  command: string | undefined,
): string {
  return stringify({ schemaVersion, command, error: { code, message, hint, reason, location } });
}

/** Returns JSON with escaped invisible characters, so that a terminal does not interpret them. */
export function stringify(value: unknown): string {
  return JSON.stringify(value, undefined, 2).replace(
    /[\u007f-\u009f\p{Cf}\u2028\u2029]/gu,
    escapeCodeUnits,
  );
}

function escapeCodeUnits(char: string): string {
  return Array.from(
    { length: char.length },
    (_, index) => `\\u${char.charCodeAt(index).toString(16).padStart(4, '0')}`,
  ).join('');
}

function bodyOf(report: Report): object {
  const { sources, notes } = report;
  switch (report.command) {
    case 'check':
      return {
        verdict: report.verdict,
        sources,
        notes,
        projects: report.projects,
        publishes: report.publishes.map(toPublish),
        conflicts: report.conflicts.map(toConflict),
      };
    case 'ps':
      return {
        sources,
        notes,
        bindings: report.bindings.map(toBinding),
        conflicts: report.conflicts.map(toConflict),
      };
    case 'plan':
      return {
        sources,
        notes,
        assignments: report.assignments.map(toAssignment),
        unplanned: report.unplanned.map(({ publish, reason }) => ({
          publish: toPublish(publish),
          reason,
        })),
        conflicts: report.conflicts.map(toConflict),
        write: report.write && {
          ...report.write,
          skipped: report.write.skipped.map(({ publish, reason, message }) => ({
            publish: toPublish(publish),
            reason,
            message,
          })),
        },
      };
    case 'images':
      return {
        sources,
        notes,
        images: report.images.map(({ names, id, assignments }) => ({
          names,
          id,
          assignments: assignments.map(toAssignment),
        })),
      };
    case 'run':
      return { sources, notes, container: report.container, ports: report.ports };
    case 'up':
      return { sources, notes, project: report.project, ports: report.ports };
    case 'port':
    case 'url':
      return { sources, notes, ports: report.ports };
    case 'explain':
      return {
        sources,
        notes,
        container: report.container,
        problems: report.problems.map(toProblem),
      };
    case 'start':
      return { sources, notes, containers: report.containers.map(toStarted) };
    case 'stop':
      return { sources, notes, items: report.items.map(toStopped) };
    case 'lease': {
      const { action, done } = report;
      return { action, done, sources, notes, leases: report.leases.map(toLease) };
    }
    default:
      return report satisfies never;
  }
}

function toPublish(publish: Publish) {
  const { hostIp, target, protocol, mode, origin } = publish;
  return {
    ...(origin.kind === 'compose' ? { project: origin.project, service: origin.service } : {}),
    ...(origin.kind === 'image' ? { image: origin.image } : {}),
    hostIp,
    published: publishedText(publish),
    target,
    protocol,
    mode,
    location: locationOf(publish),
  };
}

function locationOf({ origin }: Publish): Location | undefined {
  return origin.kind === 'compose' ? origin.location : undefined;
}

/** Returns the host IP for JSON: an empty text for all addresses (`*`), as in the output of Compose. */
function toHostIp(address: HostAddress): string {
  return address === anyAddress ? '' : address;
}

function toBinding({ address, port, protocol, holder, state }: Binding) {
  return { hostIp: toHostIp(address), port, protocol, holder, state };
}

function toConflict(conflict: Conflict) {
  const { code, severity, certainty, remedy, suggestion } = conflict;
  const publish = publishOf(conflict);
  return {
    code,
    severity,
    certainty,
    message: describeConflict(conflict),
    publish: publish && toPublish(publish),
    ...('location' in conflict ? { location: conflict.location } : {}),
    ...('endpoint' in conflict && conflict.endpoint
      ? { endpoint: toEndpoint(conflict.endpoint) }
      : {}),
    ...holdersOf(conflict),
    ...('other' in conflict && conflict.code === 'published-twice'
      ? { other: toPublish(conflict.other) }
      : {}),
    remedy,
    profiles: conflict.profiles,
    allowed: conflict.allowed,
    suggestion: suggestion && { hostIp: toHostIp(suggestion.address), port: suggestion.port },
  };
}

function toEndpoint({ address, port, protocol }: Pick<Binding, 'address' | 'port' | 'protocol'>) {
  return { hostIp: toHostIp(address), port, protocol };
}

function holdersOf(conflict: Conflict): object {
  if ('bindings' in conflict) {
    const [first] = conflict.bindings;
    return { holder: first?.holder, holders: conflict.bindings.map(toBinding) };
  }
  if (conflict.code === 'restart-conflict' || conflict.code === 'shadowed-port')
    return {
      endpoint: toEndpoint(conflict.binding),
      holder: conflict.binding.holder,
      otherHolder: conflict.other.holder,
    };
  if (conflict.code === 'not-published')
    return { endpoint: toEndpoint(conflict.binding), holder: conflict.binding.holder };
  return 'binding' in conflict ? { holder: conflict.binding.holder } : {};
}

function toAssignment({ publish, address, port, choice, reason }: Assignment) {
  return { publish: toPublish(publish), hostIp: toHostIp(address), port, choice, reason };
}

function toProblem(problem: ExplainedError) {
  const { error, meaning, status, holders, remedies, pitfalls, suggestion } = problem;
  const { code, message, address, port, pool, protocol, container, service, detail } = error;
  return {
    code,
    message,
    meaning,
    status,
    ...(address !== undefined && { hostIp: toHostIp(address) }),
    port,
    pool,
    protocol,
    container,
    service,
    detail,
    holders: holders.map(toBinding),
    remedies,
    pitfalls,
    suggestion: suggestion && { hostIp: toHostIp(suggestion.address), port: suggestion.port },
  };
}

function toStarted({ conflicts, moved, ...item }: StartedItem) {
  return { ...item, conflicts: conflicts.map(toConflict), moved: moved.map(toAssignment) };
}

function toStopped({ binding, holder = binding?.holder, ...item }: StoppedItem) {
  return { ...item, endpoint: binding && toEndpoint(binding), holder };
}

function toLease({ address, ...lease }: LeaseEntry) {
  return { ...lease, hostIp: toHostIp(address) };
}
