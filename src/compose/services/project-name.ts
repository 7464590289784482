import { basename } from 'node:path';
import { isMap, isScalar } from 'yaml';
import { PortplanError } from '../../errors.ts';
import { type Environment, lookupIn } from '../variables/environment.ts';
import { interpolate, type Lookup } from '../variables/interpolate.ts';
import type { Warnings } from '../warnings.ts';
import type { ParsedDocument } from '../yaml/document.ts';

/** From where a project may have its name. */
export interface NameSources {
  /** `--project-name`. */
  readonly flag: string | undefined;
  readonly environment: Environment;
  readonly documents: readonly ParsedDocument[];
  readonly directory: string;
}

/**
 * The name of a project: the flag, else COMPOSE_PROJECT_NAME (both must be normal already), else the last `name:` of its
 * files, else the folder's name, these normalised. Rules: compose-go, loader/loader.go (projectName).
 * @throws PortplanError `invalid-input`, reason `invalid-project-name`.
 */
export function projectName(
  sources: NameSources,
  platform: NodeJS.Platform,
  warnings: Warnings,
): string {
  const { flag, environment, directory } = sources;
  const imposed = flag || environment.get('COMPOSE_PROJECT_NAME');
  if (imposed) return requireNormal(imposed);
  const lookup = lookupIn(environment, platform);
  const name =
    normalizeName(fillIn(writtenName(sources), lookup)) || normalizeName(basename(directory));
  if (name === '') warnings.reject('invalid-project-name', 'the project has no name');
  return name;
}

/** Lower case, without what a name may not hold, and without leading `_` and `-`. */
export function normalizeName(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, '')
    .replace(/^[_-]+/, '');
}

function requireNormal(name: string): string {
  if (normalizeName(name) === name) return name;
  throw new PortplanError('invalid-input', `"${name}" is not a project name`, {
    reason: 'invalid-project-name',
    hint: 'use lower-case letters, digits, hyphens and underscores, and begin with a letter or digit',
  });
}

function writtenName({ documents }: NameSources): string {
  const names = documents.flatMap(({ root }) => {
    const name = isMap(root) ? root.get('name', true) : undefined;
    return isScalar(name) && String(name.value) !== '' ? [String(name.value)] : [];
  });
  return names.at(-1) ?? '';
}

function fillIn(name: string, lookup: Lookup): string {
  try {
    return interpolate(name, lookup).text;
  } catch (error) {
    // Told when the file is read as a whole.
    if (error instanceof PortplanError) return '';
    throw error;
  }
}
