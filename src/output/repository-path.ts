import { isAbsolute, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { SourceOf } from './source-lines.ts';

/** What the formats for code hosts are relative to. */
export interface Repository {
  /** The root of the repository, absolute. */
  readonly folder: string;
  /** Where the relative paths of a report start; the root unless given. */
  readonly cwd?: string | undefined;
  readonly sourceOf?: SourceOf | undefined;
}

/** The path of a file from the root of the repository, with `/`; nothing for stdin and for files outside. */
export function repositoryPath(file: string, repository: Repository): string | undefined {
  if (file === '-') return undefined;
  const path = relative(repository.folder, absolutePath(file, repository));
  if (path === '' || path === '..' || path.startsWith(`..${sep}`) || isAbsolute(path)) {
    return undefined;
  }
  return path.split(sep).join('/');
}

/** A path as a relative URI reference (RFC 3986). */
export function toUriReference(path: string): string {
  return path
    .split('/')
    .map((segment) => encodeURIComponent(wellFormed(segment)))
    .join('/');
}

/** The URI of a file that is outside the repository. */
export function toFileUri(file: string, repository: Repository): string {
  return pathToFileURL(wellFormed(absolutePath(file, repository))).href;
}

function absolutePath(file: string, { folder, cwd = folder }: Repository): string {
  return resolve(cwd, file);
}

/** Halves of surrogate pairs have no UTF-8, and URIs are made of that. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}
