import { dirname, resolve } from 'node:path';
import { type Environment, lookupIn } from '../variables/environment.ts';
import type { Lookup } from '../variables/interpolate.ts';
import type { Warnings } from '../warnings.ts';
import { type ParsedDocument, parseDocuments } from '../yaml/document.ts';
import type { SourceFile } from '../yaml/source.ts';
import type { TreeNode } from '../yaml/tree.ts';
import { type FileSystem, readFileText, readStdin } from './file-system.ts';
import { shownPath } from './paths.ts';

/** What all files of one project share while it is loaded: the disk, and what was read from it. */
export interface LoadContext {
  readonly fileSystem: FileSystem;
  /** What shown paths are relative to. */
  readonly cwd: string;
  readonly platform: NodeJS.Platform;
  readonly warnings: Warnings;
  /** The name of the project, for the origin of ports. */
  readonly project: string;
  /** Compose files that were parsed, by path; those of other projects too. */
  readonly parsed: Map<string, readonly ParsedDocument[]>;
  /** The compose files of this project that were read. */
  readonly filesRead: Set<string>;
  /** The env files that were read. */
  readonly envFiles: Set<string>;
}

/** Where a file is read: what its variables stand for, and where its relative paths begin. */
export interface Scope {
  readonly directory: string;
  readonly environment: Environment;
  readonly lookup: Lookup;
  /** The files that led here by `include`. */
  readonly chain: readonly string[];
  /** The files that `extends` read in this scope. */
  readonly extendedServices: Map<string, TreeNode>;
}

/** A scope for the files of one folder. */
export function createScope(
  directory: string,
  environment: Environment,
  platform: NodeJS.Platform,
  chain: readonly string[] = [],
): Scope {
  const lookup = lookupIn(environment, platform);
  return { directory, environment, lookup, chain, extendedServices: new Map() };
}

/**
 * The documents of a compose file, parsed once however often it is used.
 * @throws PortplanError `invalid-input`
 */
export function loadDocuments(
  path: string,
  { fileSystem, cwd, parsed, filesRead, warnings }: Omit<LoadContext, 'project' | 'envFiles'>,
): readonly ParsedDocument[] {
  filesRead.add(path);
  const known = parsed.get(path);
  if (known !== undefined) return known;
  const source = readSource(path, fileSystem, cwd);
  const target = linkTarget(source, fileSystem);
  if (target !== undefined) {
    const message = `${source.file} is a symbolic link that was checked out as text`;
    warnings.reject('unreadable-file', message, { file: source.file, line: 1, column: 1 });
  }
  const documents = parseDocuments(
    target === undefined ? source : readSource(target, fileSystem, cwd),
  );
  parsed.set(path, documents);
  return documents;
}

function readSource(path: string, fileSystem: FileSystem, cwd: string): SourceFile {
  const file = shownPath(path, cwd);
  const text = path === '-' ? readStdin(fileSystem) : readFileText(fileSystem, path, file);
  // A lone carriage return ends a line too. The length stays, so that places fit the file.
  return { path, file, text: text.replace(/\r(?!\n)/g, '\n') };
}

/** Git writes a symbolic link as a file that holds the path, where the system has no links or they are turned off. */
function linkTarget({ path, text }: SourceFile, fileSystem: FileSystem): string | undefined {
  if (path === '-' || text.length > 1024 || !/^[^\s:#{}[\]]+\.ya?ml$/.test(text)) return undefined;
  const target = resolve(dirname(path), text);
  return fileSystem.stat(target)?.kind === 'file' ? target : undefined;
}
