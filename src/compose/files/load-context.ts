import { dirname, resolve } from 'node:path';
import { type Environment, lookupIn } from '../variables/environment.ts';
import type { Lookup } from '../variables/interpolate.ts';
import type { Warnings } from '../warnings.ts';
import { type ParsedDocument, parseDocuments } from '../yaml/document.ts';
import type { SourceFile } from '../yaml/source.ts';
import type { TreeNode } from '../yaml/tree.ts';
import { type FileSystem, readFileText, readStdin } from './file-system.ts';
import { shownPath } from './paths.ts';

/** State that all files of one project share while it is loaded. */
export interface LoadContext {
  readonly fileSystem: FileSystem;
  /** Folder that paths in messages are relative to. */
  readonly cwd: string;
  readonly platform: NodeJS.Platform;
  readonly warnings: Warnings;
  /** Project name, for the origin of ports. */
  readonly project: string;
  /** Cache of parsed files, by path; may contain files of other projects. */
  readonly parsed: Map<string, readonly ParsedDocument[]>;
  /** Compose files of this project that were read. */
  readonly filesRead: Set<string>;
  /** Env files that were read. */
  readonly envFiles: Set<string>;
}

/** Variables and base folder for the files of one project or included project. */
export interface Scope {
  readonly directory: string;
  readonly environment: Environment;
  readonly lookup: Lookup;
  /** Files that led here by `include`. */
  readonly chain: readonly string[];
  /** Services of the files that `extends` read in this scope, by path. */
  readonly extendedServices: Map<string, TreeNode>;
}

/** Returns a scope for the files of one folder. */
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
 * Returns the documents of a Compose file; parses each file once.
 * @throws PortplanError `invalid-input` if the file cannot be read or is not valid YAML.
 */
export function loadDocuments(
  path: string,
  { fileSystem, cwd, parsed, filesRead, warnings }: Omit<LoadContext, 'project' | 'envFiles'>,
): readonly ParsedDocument[] {
  filesRead.add(path);
  const cached = parsed.get(path);
  if (cached !== undefined) return cached;
  const source = readSource(path, fileSystem, cwd);
  const target = linkTarget(source, fileSystem);
  if (target !== undefined) {
    const message = `${source.file} is a symbolic link that Git checked out as text`;
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
  // A lone carriage return ends a line too. The length stays the same, so positions match the file.
  return { path, file, text: text.replace(/\r(?!\n)/g, '\n') };
}

/** Git writes a symbolic link as a file that contains the path if the system has no links or they are disabled. */
function linkTarget({ path, text }: SourceFile, fileSystem: FileSystem): string | undefined {
  if (path === '-' || text.length > 1024 || !/^[^\s:#{}[\]]+\.ya?ml$/.test(text)) return undefined;
  const target = resolve(dirname(path), text);
  return fileSystem.stat(target)?.kind === 'file' ? target : undefined;
}
