import { basename, dirname, join } from 'node:path';
import { exists } from '../../files/file-system.ts';
import { overrideFileNames } from '../../files/find-files.ts';
import type { SkipReason } from '../edit.ts';
import type { Workspace } from '../workspace.ts';

/**
 * Returns the override file that Compose reads with a project. If Compose searches for files: the first default name
 * that exists, else the one that matches the base file. If files are named: the last of them, if it has a default name.
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
    const message = `Compose reads no override file beside named files: add -f ${overrideNameFor(base)} as the last file`;
    return { reason: 'override-not-read', message };
  }
  const folder = dirname(base);
  const candidates = overrideFileNames.map((name) => join(folder, name));
  const existing = candidates.find((path) => exists(options.fileSystem, path));
  return { path: existing ?? join(folder, overrideNameFor(base)) };
}

function isOverrideName(path: string): boolean {
  const name = basename(path);
  return overrideFileNames.some((known) => known === name);
}

/** Returns the name of the matching override file: `compose.override.yaml` for `compose.yaml`. */
function overrideNameFor(base: string): string {
  return basename(base).replace(/(\.ya?ml)?$/, (extension) => `.override${extension || '.yaml'}`);
}

/** First release of Compose that supports `!override`. */
export const firstWithOverrideTag = '2.24.4';

/** Returns whether a Compose version (`v2.40.3`, `2.24.4-desktop.1`) supports the tag `!override`. */
export function supportsOverrideTag(version: string): boolean {
  const [, ...numbers] = /^v?(\d+)\.(\d+)(?:\.(\d+))?/.exec(version.trim()) ?? [];
  if (numbers.length === 0) return false;
  const [major = 0, minor = 0, patch = 0] = numbers.map((text) => Number(text ?? 0));
  const [firstMajor = 0, firstMinor = 0, firstPatch = 0] = firstWithOverrideTag
    .split('.')
    .map(Number);
  if (major !== firstMajor) return major > firstMajor;
  return minor === firstMinor ? patch >= firstPatch : minor > firstMinor;
}
