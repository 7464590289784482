import { readFileSync, statSync } from 'node:fs';
import { messageOf, PortplanError, systemCodeOf } from '../../errors.ts';

/** What the loader asks of the disk. */
export interface FileSystem {
  /** What lies at the path (links are followed), or nothing. */
  stat(path: string): FileKind | undefined;
  readText(path: string): string;
  readStdin(): string;
}

export interface FileKind {
  readonly kind: 'file' | 'directory' | 'other';
  /** In bytes. */
  readonly size: number;
}

/** Larger files are refused: no compose file is, and reading them takes long. */
export const maxFileBytes = 2 * 1024 * 1024;

/** The disk and stdin of this process. */
export const nodeFileSystem: FileSystem = {
  stat(path) {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats === undefined) return undefined;
    return { kind: kindOf(stats), size: stats.size };
  },
  readText: (path) => decode(readFileSync(path)),
  readStdin: () => decode(readFileSync(0)),
};

/** Text in UTF-8, or in UTF-16 when a byte order mark says so, as for Compose. The mark stays. */
function decode(bytes: Uint8Array): string {
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8';
  return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes);
}

function kindOf(stats: { isFile(): boolean; isDirectory(): boolean }): FileKind['kind'] {
  if (stats.isFile()) return 'file';
  return stats.isDirectory() ? 'directory' : 'other';
}

/** Whether anything lies at the path. Folders that may not be looked into count as "no". */
export function exists(fileSystem: FileSystem, path: string): boolean {
  return statQuietly(fileSystem, path) !== undefined;
}

/** Whether a folder lies at the path. */
export function isDirectory(fileSystem: FileSystem, path: string): boolean {
  return statQuietly(fileSystem, path)?.kind === 'directory';
}

function statQuietly(fileSystem: FileSystem, path: string): FileKind | undefined {
  try {
    return fileSystem.stat(path);
  } catch {
    return undefined;
  }
}

/**
 * The text of a regular file of bounded size; `shown` is its name in messages. Devices and pipes are refused unread,
 * because reading them may never end.
 * @throws PortplanError `invalid-input`, reason `file-not-found` or `unreadable-file`.
 */
export function readFileText(fileSystem: FileSystem, path: string, shown: string): string {
  const found = attempt(shown, () => fileSystem.stat(path));
  if (found === undefined) throw readError(shown, 'file-not-found', 'there is no such file');
  if (found.kind !== 'file') {
    const what = found.kind === 'directory' ? 'a folder' : 'not a regular file';
    throw readError(shown, 'unreadable-file', `it is ${what}`);
  }
  if (found.size > maxFileBytes) throw tooLarge(shown);
  return attempt(shown, () => fileSystem.readText(path));
}

/**
 * All of stdin, of bounded size.
 * @throws PortplanError `invalid-input`
 */
export function readStdin(fileSystem: FileSystem): string {
  const text = attempt('-', () => fileSystem.readStdin());
  if (text.length > maxFileBytes) throw tooLarge('stdin');
  return text;
}

function attempt<Result>(shown: string, read: () => Result): Result {
  try {
    return read();
  } catch (cause) {
    const code = systemCodeOf(cause);
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw readError(shown, 'file-not-found', 'there is no such file', cause);
    }
    throw readError(shown, 'unreadable-file', messageOf(cause), cause);
  }
}

function tooLarge(shown: string): PortplanError {
  return readError(shown, 'unreadable-file', `it is larger than ${maxFileBytes / 1024 / 1024} MiB`);
}

function readError(shown: string, reason: string, why: string, cause?: unknown): PortplanError {
  return new PortplanError('invalid-input', `cannot read ${shown}: ${why}`, {
    reason,
    hint: 'check the path; use "-" to read a compose file from stdin',
    cause,
  });
}
