import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { PortplanError } from '../../errors.ts';
import type { CheckReport } from '../../model/findings/report.ts';
import type { OutputOptions } from '../../terminal/flags.ts';
import type { Io } from '../../terminal/io.ts';
import { printRemarks, textOptionsFor } from '../../terminal/print.ts';
import { version } from '../../terminal/version.ts';
import type { CheckFormat } from './formats.ts';

/** Larger files are not quoted. */
const maxBytes = 8 * 1024 * 1024;

/** Returns the requested format; default: `github` inside GitHub Actions, else `table`. */
export function checkFormatOf(requested: string | undefined, env: Io['env']): CheckFormat {
  const known: readonly CheckFormat[] = ['table', 'json', 'sarif', 'github', 'gitlab'];
  const fallback = env.GITHUB_ACTIONS === 'true' ? 'github' : 'table';
  return known.find((format) => format === requested) ?? fallback;
}

/** Prints the report of a check in its format; gaps and notes go to stderr. */
export async function printCheck(
  report: CheckReport,
  format: CheckFormat,
  options: OutputOptions,
  io: Io,
): Promise<void> {
  printRemarks(report, options, io);
  const { checkRenderers } = await import('./formats.ts');
  const render = await checkRenderers[format]();
  const textOptions = { ...textOptionsFor(io.stdout, options, io.env), sourceOf };
  const text = render(report, { ...repositoryOf(io.env), textOptions, version });
  // The `github` format is empty without findings.
  if (text !== '') io.stdout.write(`${text}\n`);
}

/** Renders an error of `check` in a review format; `undefined` for other formats. */
export async function renderCheckError(
  error: PortplanError,
  format: string | undefined,
  env: Io['env'],
): Promise<string | undefined> {
  const repository = repositoryOf(env);
  switch (format) {
    case 'sarif':
      return (await import('../../output/sarif.ts')).renderSarifError(error, {
        ...repository,
        version,
      });
    case 'github':
      return (await import('../../output/github.ts')).renderGithubError(error, repository);
    case 'gitlab':
      return (await import('../../output/gitlab.ts')).renderGitlabError(error, repository);
    default:
      return undefined;
  }
}

/** Paths in reviews are relative to the repository root: from the CI's variable, else the folder with `.git`. */
function repositoryOf(env: Io['env']) {
  const cwd = process.cwd();
  const folder = env.GITHUB_WORKSPACE || env.CI_PROJECT_DIR || findRepositoryRoot(cwd) || cwd;
  return { folder, cwd, sourceOf };
}

function findRepositoryRoot(folder: string): string | undefined {
  if (existsSync(join(folder, '.git'))) return folder;
  const parent = dirname(folder);
  return parent === folder ? undefined : findRepositoryRoot(parent);
}

/** Returns the text of a file that a finding quotes; `undefined` if it cannot be read. */
function sourceOf(file: string): string | undefined {
  try {
    const path = resolve(file);
    const stats = statSync(path);
    return stats.isFile() && stats.size <= maxBytes ? readFileSync(path, 'utf8') : undefined;
  } catch {
    return undefined;
  }
}
