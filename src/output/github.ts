import type { Location, PortplanError } from '../errors.ts';
import { type Conflict, conflictLocation } from '../model/findings/conflict.ts';
import type { CheckReport } from '../model/findings/report.ts';
import { formatPublish } from '../model/ports/publish.ts';
import { safeText } from '../model/text/safe-text.ts';
import { findingLines, toSentence } from './finding-message.ts';
import { type Repository, repositoryPath } from './repository-path.ts';
import { createLineOf, endColumnOf, type LineOf } from './source-lines.ts';

/**
 * Returns annotations for GitHub Actions: one workflow command per line, errors first, because a step shows at most ten
 * of each kind. Allowed findings are notices. Empty if there are no findings.
 */
export function renderGithub({ conflicts }: CheckReport, repository: Repository): string {
  const lineOf = createLineOf(repository.sourceOf);
  return conflicts
    .map((conflict) => toAnnotation(conflict, repository))
    .sort((one, other) => levels.indexOf(one.level) - levels.indexOf(other.level))
    .map((annotation) => toCommand(annotation, repository, lineOf))
    .join('\n');
}

/** Returns an error that ended the check, as an annotation. */
export function renderGithubError(error: PortplanError, repository: Repository): string {
  const { code, message, hint, location } = error;
  const lines = [message, hint].filter((part) => part !== undefined).map(toSentence);
  return toCommand(
    { level: 'error', code, lines, location },
    repository,
    createLineOf(repository.sourceOf),
  );
}

const levels = ['error', 'warning', 'notice'] as const;

interface Annotation {
  readonly level: (typeof levels)[number];
  readonly code: string;
  /** Safe to print. */
  readonly lines: readonly string[];
  readonly location: Location | undefined;
}

function toAnnotation(conflict: Conflict, repository: Repository): Annotation {
  const { code, severity, allowed } = conflict;
  return {
    level: allowed === undefined ? severity : 'notice',
    code,
    lines: [...findingLines(conflict), ...otherLines(conflict, repository)],
    location: conflictLocation(conflict),
  };
}

/** Returns a line for the message that names the other location: an annotation has only one. */
function otherLines(conflict: Conflict, repository: Repository): readonly string[] {
  if (conflict.code !== 'published-twice') return [];
  const { origin } = conflict.other;
  if (origin.kind !== 'compose') return [];
  const place = formatLocation(origin.location, repository);
  const text = `${formatPublish(conflict.other)} of service ${origin.service}`;
  return [`Other publish: ${safeText(text)} at ${place}`];
}

function formatLocation({ file, line, column }: Location, repository: Repository): string {
  return `${safeText(repositoryPath(file, repository) ?? file)}:${line}:${column}`;
}

function toCommand(
  { level, code, lines, location }: Annotation,
  repository: Repository,
  lineOf: LineOf,
): string {
  const path = location && repositoryPath(location.file, repository);
  const place =
    location && path !== undefined
      ? {
          file: safeText(path),
          line: location.line,
          col: location.column,
          ...toEnd(location, lineOf),
        }
      : {};
  const properties = Object.entries({ title: `portplan (${code})`, ...place })
    .map(([name, value]) => `${name}=${escapeProperty(`${value}`)}`)
    .join(',');
  const message =
    location && path === undefined ? [`${formatLocation(location, repository)}:`, ...lines] : lines;
  return `::${level} ${properties}::${escapeData(message.join('\n'))}`;
}

function toEnd(location: Location, lineOf: LineOf): object {
  const endColumn = endColumnOf(location, lineOf);
  return endColumn === undefined ? {} : { endLine: location.line, endColumn };
}

/** Escapes the message of a workflow command, as the runner unescapes it (actions/toolkit, core/src/command.ts). */
function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

/** Escapes the value of a property, which ends at `,` and `::`. */
function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
