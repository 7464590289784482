import fc from 'fast-check';
import type { Location } from '../../src/errors.ts';
import { type Conflict, conflictLocation, isFailure } from '../../src/model/findings/conflict.ts';
import type { CheckedProject, CheckReport } from '../../src/model/findings/report.ts';
import type { Binding } from '../../src/model/host/binding.ts';
import { anyAddress } from '../../src/model/ports/address.ts';
import { parsePublish } from '../../src/model/ports/parse-publish.ts';
import { toPort } from '../../src/model/ports/port.ts';
import type { Publish } from '../../src/model/ports/publish.ts';

/** Returns a location, by default in `compose.yaml`. */
export function at(line: number, column: number, file = 'compose.yaml'): Location {
  return { file, line, column };
}

/** Returns the publish of a text, requested by a service of the project `shop`. */
export function publishOf(service: string, text: string, location: Location): Publish {
  const origin = { kind: 'compose', project: 'shop', service, location } as const;
  return only(parsePublish(text, { origin }));
}

/** Returns the publish of a text on the command line. */
export function argument(text: string): Publish {
  return only(parsePublish(text));
}

function only([publish]: readonly Publish[]): Publish {
  if (publish === undefined) throw new Error('expected a publish');
  return publish;
}

export function heldBy(name: string, port = 8080): Binding {
  return {
    address: anyAddress,
    port: toPort(port),
    protocol: 'tcp',
    state: 'running',
    holder: {
      kind: 'container',
      name,
      image: 'nginx:1.25',
      project: 'blog',
      service: 'web',
      directory: '/srv/blog',
    },
  };
}

const certain = { certainty: 'certain', severity: 'error' } as const;

export function inUse(publish: Publish, binding = heldBy('blog-web-1')): Conflict {
  return {
    code: 'port-in-use',
    publish,
    binding,
    endpoint: binding,
    ...certain,
    remedy: { text: 'stop it', command: 'docker compose -p blog stop web' },
    suggestion: { address: anyAddress, port: toPort(8081) },
  };
}

export function twice(publish: Publish, other: Publish): Conflict {
  return { code: 'published-twice', publish, other, ...certain };
}

export function unset(location: Location | undefined, message = 'PORT is not set'): Conflict {
  return {
    code: 'unset-variable',
    message,
    location,
    certainty: 'certain',
    severity: 'warning',
  };
}

/** Returns a report of these findings, by default with their publishes. */
export function reportOf(
  conflicts: readonly Conflict[],
  publishes: readonly Publish[] = conflicts.flatMap((conflict) =>
    'publish' in conflict ? [conflict.publish] : [],
  ),
  sources: CheckReport['sources'] = [{ name: 'engine', status: 'read', detail: 'Docker' }],
): CheckReport {
  const verdict = conflicts.some(isFailure)
    ? 'conflict'
    : sources.some(({ status }) => status === 'gap')
      ? 'unknown'
      : 'clear';
  const projects = projectsOf(publishes, conflicts);
  return { command: 'check', verdict, projects, publishes, conflicts, sources, notes: [] };
}

/** Returns the projects of the publishes, and `shop` if a finding has a location. */
function projectsOf(
  publishes: readonly Publish[],
  conflicts: readonly Conflict[],
): readonly CheckedProject[] {
  const names = publishes.flatMap(({ origin }) =>
    origin.kind === 'compose' ? [origin.project] : [],
  );
  if (conflicts.some((conflict) => conflictLocation(conflict) !== undefined)) names.push('shop');
  return [...new Set(names)].map((name) => ({
    name,
    directory: `/${name}`,
    files: [`/${name}/compose.yaml`],
    services: 3,
  }));
}

/** Texts that try to inject into a terminal, a workflow command, JSON, a URI or a SARIF message. */
export const hostileText = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 8 }),
      fc.constantFrom(
        ...[
          '\n',
          '\r',
          '\r\n',
          '\u2028',
          '\u0085',
          '::',
          '::error::x',
          '\n::add-mask::a',
          '##[group]',
        ],
        ...[
          '%0A',
          '%',
          ',',
          ':',
          ',line=1',
          '\u001b[31m',
          '\u001b]8;;http://a\u0007',
          '\u202e',
          '\ud800',
        ],
        ...[
          '](',
          '[a](http://a)',
          '{0}',
          '{',
          '}',
          '"',
          '\\',
          '../',
          '/',
          ' ',
          '#',
          '?',
          'é',
          '表',
          '😀',
        ],
      ),
    ),
    { maxLength: 6 },
  )
  .map((parts) => parts.join(''));

/** Reports with hostile text in every name. */
export const hostileReport = fc
  .record({
    service: hostileText,
    other: hostileText,
    file: hostileText.map((text) => `a${text.replaceAll('\0', '')}`),
    holder: hostileText,
    reason: fc.option(hostileText, { nil: undefined }),
    message: hostileText,
    line: fc.integer({ min: 1, max: 5 }),
    column: fc.integer({ min: 1, max: 40 }),
  })
  .map(({ service, other, file, holder, reason, message, line, column }) => {
    const publish = publishOf(service, '8080:80', at(line, column, file));
    const otherPublish = publishOf(other, '8080:81', at(line, column + 1, file));
    return reportOf([
      { ...inUse(publish, heldBy(holder)), allowed: reason },
      twice(publish, otherPublish),
      unset(at(line, column, file), message),
      unset(undefined, message),
    ]);
  });
