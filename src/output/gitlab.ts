import type { Location, PortplanError } from '../errors.ts';
import { type Conflict, conflictLocation } from '../model/findings/conflict.ts';
import type { CheckReport } from '../model/findings/report.ts';
import { findingLines, toSentence } from './finding-message.ts';
import { findingIds, hash } from './fingerprint.ts';
import { stringify } from './json.ts';
import { type Repository, repositoryPath } from './repository-path.ts';

/**
 * Returns a report in GitLab's format for code quality (docs.gitlab.com, "Code Quality report format"): an array with
 * an issue for each finding. A finding without a file gets the root of the repository, because every issue needs a
 * path.
 */
export function renderGitlab({ conflicts }: CheckReport, repository: Repository): string {
  const pathOf = (file: string) => repositoryPath(file, repository) ?? file;
  const ids = findingIds(conflicts, pathOf);
  return stringify(
    conflicts.map((conflict, index) => ({
      description: findingLines(conflict).join(' '),
      check_name: conflict.code,
      fingerprint: ids[index],
      severity: severityOf(conflict),
      location: toLocation(conflictLocation(conflict), pathOf),
    })),
  );
}

/** Returns an error that ended the check, as the only issue. */
export function renderGitlabError(error: PortplanError, repository: Repository): string {
  const { code, message, hint, location } = error;
  const pathOf = (file: string) => repositoryPath(file, repository) ?? file;
  const description = [message, hint].filter((part) => part !== undefined).map(toSentence);
  return stringify([
    {
      description: description.join(' '),
      check_name: code,
      fingerprint: hash(JSON.stringify([code, location && pathOf(location.file), message])),
      severity: 'blocker',
      location: toLocation(location, pathOf),
    },
  ]);
}

function severityOf({ severity, allowed }: Conflict): 'info' | 'minor' | 'critical' {
  if (allowed !== undefined) return 'info';
  return severity === 'error' ? 'critical' : 'minor';
}

function toLocation(location: Location | undefined, pathOf: (file: string) => string): object {
  return location === undefined
    ? { path: '.', lines: { begin: 1 } }
    : { path: pathOf(location.file), lines: { begin: location.line } };
}
