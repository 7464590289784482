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

/** Which files make a project, and the environment that fills them in. */
export interface ProjectFiles {
  /** Absolute, lowest layer first; `-` is stdin. */
  readonly files: readonly string[];
  /** Absolute. */
  readonly directory: string;
  readonly environment: Environment;
  readonly envFiles: readonly string[];
}

/** The names by which Compose finds a file, most wanted first (compose-go, cli/options.go). */
export const defaultFileNames = [
  'compose.yaml',
  'compose.yml',
  'docker-compose.yml',
  'docker-compose.yaml',
] as const;

/** The names of the override beside it; their order is another one. */
export const overrideFileNames = [
  'compose.override.yml',
  'compose.override.yaml',
  'docker-compose.override.yml',
  'docker-compose.override.yaml',
] as const;

/**
 * Finds the files of a project: `-f`, else COMPOSE_FILE, else the default names in the working directory and above it;
 * and its environment: the process, then the env files. Order of the steps: docker/compose, cmd/compose/compose.go.
 * @throws PortplanError `invalid-input`: reason `no-config-file`, `file-not-found` or what `readEnvFiles` throws.
 */
export function findProjectFiles(options: CompleteOptions, warnings: Warnings): ProjectFiles {
  const { cwd, shownFrom, fileSystem, platform } = options;
  const envFiles = new Set<string>();
  const onRead = (path: string) => void envFiles.add(path);
  const reader = { fileSystem, cwd: shownFrom, platform, onRead };

  const given = options.files.map((file) => toPath(file, cwd));
  const first = processEnvironment(options.env, cwd);
  const start = directoryOf(given, options);
  const early = addEnvFiles(first, start, options, reader);
  const files = given.length > 0 ? given : listedOrFound(early, start, options, warnings);
  if (files.length === 0) throw noFiles(options);
  // Its .env counts too, below the one of the working directory.
  const directory = directoryOf(files, options);
  const environment = addEnvFiles(early, directory, options, reader);
  return { files, directory, environment, envFiles: [...envFiles] };
}

/** Whether a project can be found from here, without reading it. */
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

/** The first of the names that lies in the folder, or none. */
function pick(
  folder: string,
  names: readonly string[],
  { fileSystem, shownFrom }: CompleteOptions,
  warnings: Warnings,
): readonly string[] {
  const found = names.map((name) => join(folder, name)).filter((path) => exists(fileSystem, path));
  const [chosen, ...others] = found;
  if (chosen === undefined) return [];
  if (others.length > 0) {
    const [file, ...ignored] = found.map((path) => shownPath(path, shownFrom));
    const message = `${file} is taken, and ${ignored.join(', ')} beside it ignored`;
    warnings.warn('several-files', message, { file: file ?? chosen, line: 1, column: 1 });
  }
  return [chosen];
}

function noFiles({ cwd }: CompleteOptions): PortplanError {
  return new PortplanError('invalid-input', `no compose file in ${cwd} or above`, {
    reason: 'no-config-file',
    hint: `expected ${defaultFileNames.join(', ')}, or -f FILE`,
  });
}

/** Whether the name of a file stands for the whole project of its folder: a default or an override name. */
export function isProjectFileName(path: string): boolean {
  const name: string = basename(path);
  return [...defaultFileNames, ...overrideFileNames].some((known) => known === name);
}
