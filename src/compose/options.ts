import { delimiter } from 'node:path';
import { type FileSystem, nodeFileSystem } from './files/file-system.ts';
import type { ParsedDocument } from './yaml/document.ts';

/** What was asked for on the command line, as for `docker compose`, and the surroundings. */
export interface ComposeOptions {
  /** Absolute. */
  readonly cwd: string;
  /** The folder that shown paths are relative to, when it is another one. Default: `cwd`. */
  readonly shownFrom?: string | undefined;
  /** The environment of the process. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `-f`: in order, `-` for stdin. None: COMPOSE_FILE, else the default names. */
  readonly files?: readonly string[] | undefined;
  /** `--profile`. None: COMPOSE_PROFILES. */
  readonly profiles?: readonly string[] | undefined;
  /** `--env-file`. None: COMPOSE_ENV_FILES, else `.env`. */
  readonly envFiles?: readonly string[] | undefined;
  /** `--project-directory`. */
  readonly projectDirectory?: string | undefined;
  /** `--project-name`. */
  readonly projectName?: string | undefined;
  /** The services named on the command line; none stands for all. */
  readonly services?: readonly string[] | undefined;
  /** Refuse everything that Compose would refuse, also what has nothing to do with ports. */
  readonly strict?: boolean | undefined;
  readonly fileSystem?: FileSystem | undefined;
  /** Files that were parsed already, by path: share it between projects of one run that do not change meanwhile. */
  readonly parsed?: Map<string, readonly ParsedDocument[]> | undefined;
  readonly platform?: NodeJS.Platform | undefined;
}

/** The options with their defaults. */
export function withDefaults(options: ComposeOptions) {
  return {
    ...options,
    shownFrom: options.shownFrom ?? options.cwd,
    files: options.files ?? [],
    profiles: options.profiles ?? [],
    envFiles: options.envFiles ?? [],
    services: options.services ?? [],
    strict: options.strict ?? false,
    fileSystem: options.fileSystem ?? nodeFileSystem,
    parsed: options.parsed ?? new Map<string, readonly ParsedDocument[]>(),
    platform: options.platform ?? process.platform,
    pathSeparator: delimiter,
  };
}

/** Options that are complete. */
export type CompleteOptions = ReturnType<typeof withDefaults>;
