import { join, resolve } from 'node:path';
import { PortplanError } from '../../errors.ts';
import { exists, type FileSystem, isDirectory, readFileText } from '../files/file-system.ts';
import { shownPath } from '../files/paths.ts';
import { parseDotenv } from './dotenv.ts';
import type { Lookup } from './interpolate.ts';

/** The variables that fill in a compose file, by name. */
export type Environment = ReadonlyMap<string, string>;

/** The variables of the process. `PWD` is the working directory on every platform, as Compose sets it. */
export function processEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  cwd: string,
): Environment {
  const variables = new Map<string, string>();
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined) variables.set(name, value);
  }
  return variables.set('PWD', cwd);
}

/** How an environment is asked: names are case-insensitive on Windows only. */
export function lookupIn(environment: Environment, platform: NodeJS.Platform): Lookup {
  if (platform !== 'win32') return (name) => environment.get(name);
  const folded = new Map([...environment].map(([name, value]) => [name.toLowerCase(), value]));
  return (name) => environment.get(name) ?? folded.get(name.toLowerCase());
}

/** The environment and, below it, what env files add: what is already set stays. */
export function withFallbacks(environment: Environment, added: Environment): Environment {
  return added.size === 0 ? environment : new Map([...added, ...environment]);
}

/** Where env files are read. */
export interface EnvFileReader {
  readonly fileSystem: FileSystem;
  readonly cwd: string;
  readonly platform: NodeJS.Platform;
  /** Is told of each file that is read. */
  onRead(path: string): void;
}

/**
 * Reads env files in order; later ones win among them. The environment wins inside their values.
 * @throws PortplanError `invalid-input`, reason `env-file-missing`, `unreadable-file` or `invalid-env-file`.
 */
export function readEnvFiles(
  paths: readonly string[],
  environment: Environment,
  reader: EnvFileReader,
): Environment {
  const variables = new Map<string, string>();
  const outer = lookupIn(environment, reader.platform);
  for (const path of paths) {
    const earlier: Lookup = (name) => outer(name) ?? variables.get(name);
    const text = readEnvFile(path, reader);
    for (const [name, value] of parseDotenv(text, shownPath(path, reader.cwd), earlier)) {
      variables.set(name, value);
    }
  }
  return variables;
}

function readEnvFile(path: string, { fileSystem, cwd, onRead }: EnvFileReader): string {
  // The usual way to say "none", and no regular file.
  if (path === '/dev/null') return '';
  try {
    const text = readFileText(fileSystem, path, shownPath(path, cwd));
    onRead(path);
    return text;
  } catch (error) {
    if (!(error instanceof PortplanError) || error.reason !== 'file-not-found') throw error;
    throw new PortplanError('invalid-input', `there is no env file ${shownPath(path, cwd)}`, {
      reason: 'env-file-missing',
      hint: 'create it, or name another one',
      cause: error,
    });
  }
}

/** The `.env` of a folder, if there is one; a folder of that name is none. */
export function defaultEnvFile(fileSystem: FileSystem, folder: string): readonly string[] {
  const path = join(folder, '.env');
  return exists(fileSystem, path) && !isDirectory(fileSystem, path) ? [path] : [];
}

/** The env files that were named: by flag, else by COMPOSE_ENV_FILES. Absolute. */
export function namedEnvFiles(
  flags: readonly string[],
  environment: Environment,
  cwd: string,
): readonly string[] {
  const listed = (environment.get('COMPOSE_ENV_FILES') ?? '').split(',');
  const names = flags.length > 0 ? flags : listed.map((name) => name.trim());
  return names.filter((name) => name !== '').map((name) => resolve(cwd, name));
}

/** Whether COMPOSE_DISABLE_ENV_FILE turns the default `.env` off. Go's strconv.ParseBool reads it. */
export function isDefaultEnvFileDisabled(environment: Environment): boolean {
  return /^(1|t|T|true|TRUE|True)$/.test(environment.get('COMPOSE_DISABLE_ENV_FILE') ?? '');
}
