import { basename, dirname, join } from 'node:path';
import { exists } from '../../files/file-system.ts';
import { overrideFileNames } from '../../files/find-files.ts';
import type { SkipReason } from '../edit.ts';
import type { Workspace } from '../workspace.ts';

/**
 * The override file that Compose reads with a project: where it searches, the first of its names that is there, else
 * the one that goes with the base file; where files are named, the last of them if it has such a name.
 */
export function findOverride({
  project,
  options,
  environment,
}: Workspace): { readonly path: string } | SkipReason {
  const { files } = project;
  const [base = ''] = files;
  const last = files.at(-1) ?? base;
  if (isOverrideName(last)) return { path: last };
  const isNamed = options.files.length > 0 || environment.get('COMPOSE_FILE') !== undefined;
  if (isNamed) {
    const message = `files were named, so that Compose reads no override beside them: name one last, -f ${overrideNameFor(base)}`;
    return { reason: 'override-not-read', message };
  }
  const folder = dirname(base);
  const found = overrideFileNames.map((name) => join(folder, name));
  const existing = found.find((path) => exists(options.fileSystem, path));
  return { path: existing ?? join(folder, overrideNameFor(base)) };
}

function isOverrideName(path: string): boolean {
  const name = basename(path);
  return overrideFileNames.some((known) => known === name);
}

/** `compose.yaml`: `compose.override.yaml`. */
function overrideNameFor(base: string): string {
  return basename(base).replace(/(\.ya?ml)?$/, (extension) => `.override${extension || '.yaml'}`);
}

/** The first release of Compose whose files may say `!override`. */
export const firstWithOverrideTag = '2.24.4';

/** Whether a release of Compose (`v2.40.3`, `2.24.4-desktop.1`) knows the tag `!override`. */
export function knowsOverrideTag(version: string): boolean {
  const [, ...numbers] = /^v?(\d+)\.(\d+)(?:\.(\d+))?/.exec(version.trim()) ?? [];
  if (numbers.length === 0) return false;
  const [major = 0, minor = 0, patch = 0] = numbers.map((text) => Number(text ?? 0));
  const [firstMajor = 0, firstMinor = 0, firstPatch = 0] = firstWithOverrideTag
    .split('.')
    .map(Number);
  if (major !== firstMajor) return major > firstMajor;
  return minor === firstMinor ? patch >= firstPatch : minor > firstMinor;
}
