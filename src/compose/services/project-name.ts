import { basename } from 'node:path';
import { isMap, isScalar } from 'yaml';
import { attempt, PortplanError } from '../../errors.ts';
import { type Environment, lookupIn } from '../variables/environment.ts';
import { interpolate, type Lookup } from '../variables/interpolate.ts';
import type { Warnings } from '../warnings.ts';
import type { ParsedDocument } from '../yaml/document.ts';

/** Sources of a project's name. */
export interface NameSources {
  /** `--project-name`. */
  readonly flag: string | undefined;
  readonly environment: Environment;
  readonly documents: readonly ParsedDocument[];
  readonly directory: string;
}

/**
 * Returns the name of a project: the flag, else COMPOSE_PROJECT_NAME, else the last `name:` of its files, else the name
 * of its folder. The first two must be valid names; the others are normalized. Rules: compose-go, loader/loader.go
 * (projectName).
 * @throws PortplanError `invalid-input`, reason `invalid-project-name`.
 */
export function projectName(
  sources: NameSources,
  platform: NodeJS.Platform,
  warnings: Warnings,
): string {
  const { flag, environment, directory } = sources;
  const explicit = flag || environment.get('COMPOSE_PROJECT_NAME');
  if (explicit) return requireValidName(explicit);
  const lookup = lookupIn(environment, platform);
  const name =
    normalizeName(fillIn(nameInFiles(sources), lookup)) || normalizeName(basename(directory));
  if (name === '') warnings.reject('invalid-project-name', 'empty project name');
  return name;
}

/** Returns a text in lower case, without characters that a project name must not contain and without leading `_`, `-`. */
export function normalizeName(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, '')
    .replace(/^[_-]+/, '');
}

function requireValidName(name: string): string {
  if (normalizeName(name) === name) return name;
  throw new PortplanError('invalid-input', `invalid project name "${name}"`, {
    reason: 'invalid-project-name',
    hint: 'use lowercase letters, digits, hyphens and underscores; begin with a letter or digit',
  });
}

function nameInFiles({ documents }: NameSources): string {
  const names = documents.flatMap(({ root }) => {
    const name = isMap(root) ? root.get('name', true) : undefined;
    return isScalar(name) && String(name.value) !== '' ? [String(name.value)] : [];
  });
  return names.at(-1) ?? '';
}

function fillIn(name: string, lookup: Lookup): string {
  const result = attempt(() => interpolate(name, lookup).text);
  // An error is reported when the whole file is read.
  return result instanceof PortplanError ? '' : result;
}
