import type { Location, PortplanError } from '../errors.ts';
import {
  type Conflict,
  type ConflictCode,
  conflictLocation,
  conflictTitles,
} from '../model/findings/conflict.ts';
import type { CheckReport } from '../model/findings/report.ts';
import type { Source } from '../model/host/snapshot.ts';
import { formatPublish, type Publish } from '../model/ports/publish.ts';
import { safeText } from '../model/text/safe-text.ts';
import { findingLines, toSentence } from './finding-message.ts';
import { findingIds } from './fingerprint.ts';
import { stringify } from './json.ts';
import { type Repository, repositoryPath, toFileUri, toUriReference } from './repository-path.ts';
import { createLineOf, endColumnOf, type LineOf } from './source-lines.ts';

export interface SarifOptions extends Repository {
  /** Version of portplan. */
  readonly version: string;
  /** Home page of portplan. */
  readonly informationUri?: string | undefined;
}

/**
 * Returns a report as SARIF 2.1.0 (OASIS standard): one rule per code, one result per finding, one notification per
 * source that could not be read. Columns count UTF-16 code units. Suppressed findings are notes with a suppression.
 */
export function renderSarif(report: CheckReport, options: SarifOptions): string {
  const lineOf = createLineOf(options.sourceOf);
  const ids = findingIds(report.conflicts, (file) => repositoryPath(file, options) ?? file);
  return toLog(options, {
    rules: conflictCodes.map(toRule),
    invocation: {
      executionSuccessful: true,
      toolExecutionNotifications: report.sources
        .filter(({ status }) => status === 'gap')
        .map(toNotification),
    },
    results: report.conflicts.map((conflict, index) => ({
      ...toResult(conflict, options, lineOf),
      partialFingerprints: { 'portplan/v1': ids[index] },
    })),
  });
}

/** Returns an error that ended the check as a notification, and as a result if it has a location. */
export function renderSarifError(error: PortplanError, options: SarifOptions): string {
  const { code, message, hint, location } = error;
  const text = toMessage([message, hint].filter((part) => part !== undefined).map(toSentence));
  const locations = location && toLocations(location, options, createLineOf(options.sourceOf));
  const result = {
    ruleId: code,
    ruleIndex: 0,
    level: 'error',
    message: text,
    locations,
    suppressions: [],
  };
  return toLog(options, {
    rules: [{ id: code, shortDescription: { text: 'portplan could not finish the check.' } }],
    invocation: {
      executionSuccessful: false,
      toolExecutionNotifications: [
        { level: 'error', descriptor: { id: code }, message: text, locations },
      ],
    },
    results: location === undefined ? [] : [result],
  });
}

interface Run {
  readonly rules: readonly object[];
  readonly invocation: object;
  readonly results: readonly object[];
}

function toLog({ version, informationUri }: SarifOptions, run: Run): string {
  const { rules, invocation, results } = run;
  return stringify({
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'portplan', version, informationUri, rules } },
        invocations: [invocation],
        columnKind: 'utf16CodeUnits',
        results,
      },
    ],
  });
}

/** Level of each code unless the result has its own. */
const defaultLevels: Readonly<Record<ConflictCode, 'error' | 'warning' | 'note'>> = {
  'port-in-use': 'error',
  'port-claimed': 'warning',
  'pool-exhausted': 'error',
  'published-twice': 'error',
  'address-not-local': 'error',
  'privileged-port': 'error',
  'engine-refuses': 'error',
  'replicas-share-port': 'error',
  'ports-ignored': 'warning',
  exposed: 'note',
  'project-name-in-use': 'error',
  'unset-variable': 'warning',
  'base-60': 'warning',
  'version-difference': 'warning',
  'several-files': 'warning',
  'compose-refuses': 'warning',
  'not-startable': 'warning',
  'remote-resource': 'warning',
  'not-published': 'warning',
  'restart-conflict': 'warning',
  'shadowed-port': 'warning',
};
const conflictCodes = Object.keys(defaultLevels).filter(
  (code): code is ConflictCode => code in conflictTitles,
);

/** The page that explains the codes; a placeholder until the repository is public. */
const findingsPage = 'https://example.invalid/portplan/blob/main/docs/findings.md';

function toRule(code: ConflictCode): object {
  const text = conflictTitles[code];
  return {
    id: code,
    name: toPascalCase(code),
    helpUri: `${findingsPage}#${code}`,
    shortDescription: { text },
    fullDescription: { text },
    help: {
      text: `${text} To suppress it, add the comment "# portplan: allow ${code} REASON" to the entry.`,
    },
    defaultConfiguration: { level: defaultLevels[code] },
  };
}

/** Returns `PortInUse` for `port-in-use`: SARIF 2.1.0 §3.49.7 wants a name that people can read. */
function toPascalCase(code: string): string {
  return code.replace(/(?:^|-)([a-z0-9])/g, (_, first: string) => first.toUpperCase());
}

function toNotification({ name, detail, hint }: Source): object {
  const parts = [detail, hint].filter((part) => part !== undefined);
  return {
    level: 'warning',
    descriptor: { id: `${name}-gap` },
    message: toMessage(parts.map(toSentence)),
  };
}

function toResult(conflict: Conflict, repository: Repository, lineOf: LineOf): object {
  const { code, severity, certainty, allowed } = conflict;
  const location = conflictLocation(conflict);
  const other =
    conflict.code === 'published-twice' ? toArtifactLocation(conflict.other) : undefined;
  return {
    ruleId: code,
    ruleIndex: conflictCodes.indexOf(code),
    level: allowed === undefined ? severity : 'note',
    message: toMessage(findingLines(conflict), other && linkTo(other)),
    ...(location && { locations: toLocations(location, repository, lineOf) }),
    ...(other && { relatedLocations: toRelated(other, repository, lineOf) }),
    suppressions:
      allowed === undefined ? [] : [{ kind: 'inSource', justification: safeText(allowed) }],
    properties: { certainty },
  };
}

/** Another publish that has a location in a file. */
interface Other {
  readonly location: Location;
  readonly text: string;
}

function toArtifactLocation(publish: Publish): Other | undefined {
  const { origin } = publish;
  if (origin.kind !== 'compose') return undefined;
  const text = `${formatPublish(publish)} of service ${origin.service}`;
  return { location: origin.location, text: safeText(text) };
}

/** Code hosts show related locations only where the message links to them by their id (SARIF 2.1.0 §3.11.6). */
function linkTo({ text }: Other): string {
  return `Other publish: [${escapeLinkText(escapePlaceholders(text))}](1).`;
}

function toMessage(lines: readonly string[], link?: string): object {
  const escaped = lines.map((line) => escapeLinks(escapePlaceholders(line)));
  return { text: [...escaped, ...(link === undefined ? [] : [link])].join('\n') };
}

/** Escapes `{0}`, which is an argument of the message (§3.11.5); other braces have no meaning. */
function escapePlaceholders(text: string): string {
  return text.replace(/\{(\d+)\}/g, '{{$1}}');
}

/** Escapes `[text](target)`, so that a foreign name never becomes a link. */
function escapeLinks(text: string): string {
  return text.replace(/(?<!\\)(\\*)\](?=\()/g, '$1$1\\]');
}

function escapeLinkText(text: string): string {
  return text.replace(/[\\[\]]/g, '\\$&');
}

function toLocations(
  location: Location,
  repository: Repository,
  lineOf: LineOf,
): readonly object[] | undefined {
  return location.file === '-'
    ? undefined
    : [{ physicalLocation: toPhysical(location, repository, lineOf) }];
}

function toRelated(
  { location, text }: Other,
  repository: Repository,
  lineOf: LineOf,
): readonly object[] {
  return [
    {
      id: 1,
      message: toMessage([text]),
      ...(location.file !== '-' && { physicalLocation: toPhysical(location, repository, lineOf) }),
    },
  ];
}

function toPhysical(location: Location, repository: Repository, lineOf: LineOf): object {
  const { file, line, column } = location;
  const path = repositoryPath(file, repository);
  return {
    artifactLocation:
      path === undefined
        ? { uri: toFileUri(file, repository) }
        : { uri: toUriReference(path), uriBaseId: '%SRCROOT%' },
    region: { startLine: line, startColumn: column, endColumn: endColumnOf(location, lineOf) },
  };
}
