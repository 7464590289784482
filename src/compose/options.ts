import { delimiter } from 'node:path';
import { type FileSystem, nodeFileSystem } from './files/file-system.ts';
import type { ParsedDocument } from './yaml/document.ts';

/** The flags that `docker compose` has too, and the environment that the project is loaded in. */
export interface ComposeOptions {
  /** Absolute. */
  readonly cwd: string;
  /** Absolute folder that paths in messages are relative to. Default: `cwd`. */
  readonly shownFrom?: string | undefined;
  /** Environment variables of the process. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `-f`, in order; `-` is stdin. Default: COMPOSE_FILE, then the default file names. */
  readonly files?: readonly string[] | undefined;
  /** `--profile`. Default: COMPOSE_PROFILES. */
  readonly profiles?: readonly string[] | undefined;
  /** `--env-file`. Default: COMPOSE_ENV_FILES, then `.env`. */
  readonly envFiles?: readonly string[] | undefined;
  /** `--project-directory`. */
  readonly projectDirectory?: string | undefined;
  /** `--project-name`. */
  readonly projectName?: string | undefined;
  /** Services named on the command line. Default: all. */
  readonly services?: readonly string[] | undefined;
  /** Reject everything that Compose rejects, including problems that do not affect ports. */
  readonly strict?: boolean | undefined;
  readonly fileSystem?: FileSystem | undefined;
  /** Cache of parsed files, by path. Share it between loads only while the files do not change. */
  readonly parsed?: Map<string, readonly ParsedDocument[]> | undefined;
  readonly platform?: NodeJS.Platform | undefined;
}

/** Returns the options with all defaults filled in. */
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

/** Options with all defaults filled in. */
export type CompleteOptions = ReturnType<typeof withDefaults>;
