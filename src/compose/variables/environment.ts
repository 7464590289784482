import { join, resolve } from 'node:path';
import { PortplanError } from '../../errors.ts';
import { exists, type FileSystem, isDirectory, readFileText } from '../files/file-system.ts';
import { shownPath } from '../files/paths.ts';
import { parseDotenv } from './dotenv.ts';
import type { Lookup } from './interpolate.ts';

/** Values for the variables of a Compose file, by name. */
export type Environment = ReadonlyMap<string, string>;

/** Returns the variables of the process. `PWD` is the working directory on every platform, as for Compose. */
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

/** Returns the lookup of an environment. Names are case-insensitive on Windows only. */
export function lookupIn(environment: Environment, platform: NodeJS.Platform): Lookup {
  if (platform !== 'win32') return (name) => environment.get(name);
  const folded = new Map([...environment].map(([name, value]) => [name.toLowerCase(), value]));
  return (name) => environment.get(name) ?? folded.get(name.toLowerCase());
}

/** Returns the environment plus the variables of env files; variables that are already set keep their value. */
export function withFallbacks(environment: Environment, fallbacks: Environment): Environment {
  return fallbacks.size === 0 ? environment : new Map([...fallbacks, ...environment]);
}

/** Context in which env files are read. */
export interface EnvFileReader {
  readonly fileSystem: FileSystem;
  readonly cwd: string;
  readonly platform: NodeJS.Platform;
  /** Called with the path of each file that was read. */
  onRead(path: string): void;
}

/**
 * Returns the variables of env files; later files win. Variables inside values are taken from `environment` first.
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
  // A common way to disable the env file; not a regular file.
  if (path === '/dev/null') return '';
  try {
    const text = readFileText(fileSystem, path, shownPath(path, cwd));
    onRead(path);
    return text;
  } catch (error) {
    if (!(error instanceof PortplanError) || error.reason !== 'file-not-found') throw error;
    throw new PortplanError('invalid-input', `env file ${shownPath(path, cwd)} not found`, {
      reason: 'env-file-missing',
      hint: 'create the file or name another one with --env-file',
      cause: error,
    });
  }
}

/** Returns the `.env` of a folder as a list of one; empty if it does not exist or is a folder. */
export function defaultEnvFile(fileSystem: FileSystem, folder: string): readonly string[] {
  const path = join(folder, '.env');
  return exists(fileSystem, path) && !isDirectory(fileSystem, path) ? [path] : [];
}

/** Returns the absolute paths of the env files that are named by flags, else by COMPOSE_ENV_FILES. */
export function namedEnvFiles(
  flags: readonly string[],
  environment: Environment,
  cwd: string,
): readonly string[] {
  const listed = (environment.get('COMPOSE_ENV_FILES') ?? '').split(',');
  const names = flags.length > 0 ? flags : listed.map((name) => name.trim());
  return names.filter((name) => name !== '').map((name) => resolve(cwd, name));
}

/** Returns whether COMPOSE_DISABLE_ENV_FILE disables the default `.env`; parsed as by Go's strconv.ParseBool. */
export function isDefaultEnvFileDisabled(environment: Environment): boolean {
  return /^(1|t|T|true|TRUE|True)$/.test(environment.get('COMPOSE_DISABLE_ENV_FILE') ?? '');
}
