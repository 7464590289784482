import { isAbsolute, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { SourceOf } from './source-lines.ts';

/** The repository that the paths in the formats of code hosts are relative to. */
export interface Repository {
  /** The root of the repository, absolute. */
  readonly folder: string;
  /** The folder that the relative paths of a report start from; default: the root. */
  readonly cwd?: string | undefined;
  readonly sourceOf?: SourceOf | undefined;
}

/** Returns the path of a file from the root of the repository, with `/`; `undefined` for stdin and files outside. */
export function repositoryPath(file: string, repository: Repository): string | undefined {
  if (file === '-') return undefined;
  const path = relative(repository.folder, absolutePath(file, repository));
  if (path === '' || path === '..' || path.startsWith(`..${sep}`) || isAbsolute(path)) {
    return undefined;
  }
  return path.split(sep).join('/');
}

/** Returns a path as a relative URI reference (RFC 3986). */
export function toUriReference(path: string): string {
  return path
    .split('/')
    .map((segment) => encodeURIComponent(wellFormed(segment)))
    .join('/');
}

/** Returns the URI of a file outside the repository. */
export function toFileUri(file: string, repository: Repository): string {
  return pathToFileURL(wellFormed(absolutePath(file, repository))).href;
}

function absolutePath(file: string, { folder, cwd = folder }: Repository): string {
  return resolve(cwd, file);
}

/** Replaces lone surrogates: they have no UTF-8 encoding, which URIs need. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}
