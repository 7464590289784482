import { basename, dirname, join, resolve } from 'node:path';
import { PortplanError } from '../../errors.ts';
import type { CompleteOptions } from '../options.ts';
import {
  defaultEnvFile,
  type EnvFileReader,
  type Environment,
  isDefaultEnvFileDisabled,
  namedEnvFiles,
  processEnvironment,
  readEnvFiles,
  withFallbacks,
} from '../variables/environment.ts';
import type { Warnings } from '../warnings.ts';
import { exists } from './file-system.ts';
import { shownPath } from './paths.ts';

/** The files of a project, and the environment for its variables. */
export interface ProjectFiles {
  /** Absolute, base file first; `-` is stdin. */
  readonly files: readonly string[];
  /** Absolute. */
  readonly directory: string;
  readonly environment: Environment;
  /** Env files that were read, absolute. */
  readonly envFiles: readonly string[];
}

/** Default file names of Compose, in order of preference (compose-go, cli/options.go). */
export const defaultFileNames = [
  'compose.yaml',
  'compose.yml',
  'docker-compose.yml',
  'docker-compose.yaml',
] as const;

/** Default names of the override file, in order of preference, which differs from that of the base file. */
export const overrideFileNames = [
  'compose.override.yml',
  'compose.override.yaml',
  'docker-compose.override.yml',
  'docker-compose.override.yaml',
] as const;

/**
 * Finds the files of a project (`-f`, else COMPOSE_FILE, else the default names in the working directory and its
 * parents) and its environment (the process, then the env files). Order of the steps: docker/compose,
 * cmd/compose/compose.go.
 * @throws PortplanError `invalid-input`, reason `no-config-file` or `file-not-found`, or as `readEnvFiles` does.
 */
export function findProjectFiles(options: CompleteOptions, warnings: Warnings): ProjectFiles {
  const { cwd, shownFrom, fileSystem, platform } = options;
  const envFiles = new Set<string>();
  const onRead = (path: string) => void envFiles.add(path);
  const reader = { fileSystem, cwd: shownFrom, platform, onRead };

  const named = options.files.map((file) => toPath(file, cwd));
  const first = processEnvironment(options.env, cwd);
  const start = directoryOf(named, options);
  const early = addEnvFiles(first, start, options, reader);
  const files = named.length > 0 ? named : listedOrFound(early, start, options, warnings);
  if (files.length === 0) throw noFiles(options);
  // The .env of the project directory is read too; the one of the working directory wins.
  const directory = directoryOf(files, options);
  const environment = addEnvFiles(early, directory, options, reader);
  return { files, directory, environment, envFiles: [...envFiles] };
}

/** Returns whether Compose files can be found, without reading them. */
export function hasProjectFiles(options: CompleteOptions, warnings: Warnings): boolean {
  try {
    return findProjectFiles(options, warnings).files.length > 0;
  } catch (error) {
    if (error instanceof PortplanError && error.reason === 'no-config-file') return false;
    throw error;
  }
}

function toPath(file: string, cwd: string): string {
  return file === '-' ? file : resolve(cwd, file);
}

function directoryOf(files: readonly string[], options: CompleteOptions): string {
  const { cwd, projectDirectory } = options;
  if (projectDirectory) return resolve(cwd, projectDirectory);
  const onDisk = files.find((file) => file !== '-');
  return onDisk === undefined ? cwd : dirname(onDisk);
}

function addEnvFiles(
  environment: Environment,
  directory: string,
  options: CompleteOptions,
  reader: EnvFileReader,
): Environment {
  const { cwd, env, fileSystem } = options;
  const outside = processEnvironment(env, cwd);
  const named = namedEnvFiles(options.envFiles, outside, cwd);
  if (named.length === 0 && isDefaultEnvFileDisabled(outside)) return environment;
  const paths = named.length > 0 ? named : defaultEnvFile(fileSystem, directory);
  return withFallbacks(environment, readEnvFiles(paths, environment, reader));
}

function listedOrFound(
  environment: Environment,
  start: string,
  options: CompleteOptions,
  warnings: Warnings,
): readonly string[] {
  const list = environment.get('COMPOSE_FILE');
  if (list === undefined) return search(start, options, warnings);
  if (list === '') {
    warnings.reject('file-not-found', 'COMPOSE_FILE is empty');
    return search(start, options, warnings);
  }
  const separator = environment.get('COMPOSE_PATH_SEPARATOR') || options.pathSeparator;
  return list.split(separator).map((file) => toPath(file, options.cwd));
}

function search(start: string, options: CompleteOptions, warnings: Warnings): readonly string[] {
  for (let folder = start; ; folder = dirname(folder)) {
    const base = pick(folder, defaultFileNames, options, warnings);
    if (base.length > 0) {
      return [...base, ...pick(folder, overrideFileNames, options, warnings)];
    }
    if (dirname(folder) === folder) return [];
  }
}

/** The first of the names that exists in the folder, as a list of one; else empty. */
function pick(
  folder: string,
  names: readonly string[],
  { fileSystem, shownFrom }: CompleteOptions,
  warnings: Warnings,
): readonly string[] {
  const existing = names
    .map((name) => join(folder, name))
    .filter((path) => exists(fileSystem, path));
  const [chosen, ...others] = existing;
  if (chosen === undefined) return [];
  if (others.length > 0) {
    const [file, ...ignored] = existing.map((path) => shownPath(path, shownFrom));
    const message = `several Compose files: using ${file}, ignoring ${ignored.join(', ')}`;
    warnings.warn('several-files', message, { file: file ?? chosen, line: 1, column: 1 });
  }
  return [chosen];
}

function noFiles({ cwd }: CompleteOptions): PortplanError {
  return new PortplanError('invalid-input', `no Compose file in ${cwd} or its parent folders`, {
    reason: 'no-config-file',
    hint: `create ${defaultFileNames[0]}, or name a file with -f FILE`,
  });
}

/** Returns whether a path has a default name of Compose, base or override, and so is the project of its folder. */
export function isProjectFileName(path: string): boolean {
  const name: string = basename(path);
  return [...defaultFileNames, ...overrideFileNames].some((known) => known === name);
}
