import { closeSync, constants, openSync, statSync } from 'node:fs';
import { messageOf, PortplanError, systemCodeOf } from '../../errors.ts';
import { readBytes } from '../../read-bytes.ts';

/** File access of the loader; tests and `--write` replace it. */
export interface FileSystem {
  /** Follows symbolic links. Returns `undefined` if the path does not exist. */
  stat(path: string): FileKind | undefined;
  /** Throws for more than `maxFileBytes`. */
  readText(path: string): string;
  /** Throws for more than `maxFileBytes`. */
  readStdin(): string;
}

/** Type and size of a file. */
export interface FileKind {
  readonly kind: 'file' | 'directory' | 'other';
  /** Bytes. */
  readonly size: number;
}

/** Maximum size of a file in bytes. No Compose file is larger, and parsing one would take long. */
export const maxFileBytes = 2 * 1024 * 1024;

const tooLargeText = `larger than ${maxFileBytes / 1024 / 1024} MiB`;

/** File system and stdin of this process. */
export const nodeFileSystem: FileSystem = {
  stat(path) {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats === undefined) return undefined;
    return { kind: kindOf(stats), size: stats.size };
  },
  readText(path) {
    // Files such as /proc/kmsg are regular, and a read of them waits for ever without O_NONBLOCK.
    const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      return decode(readBytes(file, maxFileBytes + 1));
    } finally {
      closeSync(file);
    }
  },
  readStdin: () => decode(readBytes(0, maxFileBytes + 1)),
};

/** Decodes UTF-8, or UTF-16 with a byte order mark, as Compose does. Keeps the mark. */
function decode(bytes: Uint8Array): string {
  if (bytes.length > maxFileBytes) throw new Error(tooLargeText);
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8';
  return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes);
}

function kindOf(stats: { isFile(): boolean; isDirectory(): boolean }): FileKind['kind'] {
  if (stats.isFile()) return 'file';
  return stats.isDirectory() ? 'directory' : 'other';
}

/** Returns whether the path exists; `false` if its folder is not accessible. */
export function exists(fileSystem: FileSystem, path: string): boolean {
  return statQuietly(fileSystem, path) !== undefined;
}

/** Returns whether the path is a folder. */
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
 * Returns the text of a regular file of at most `maxFileBytes`; `shown` is its name in messages. Rejects devices and
 * pipes without reading them, because such a read may never end.
 * @throws PortplanError `invalid-input`, reason `file-not-found` or `unreadable-file`.
 */
export function readFileText(fileSystem: FileSystem, path: string, shown: string): string {
  const found = attempt(shown, () => fileSystem.stat(path));
  if (found === undefined) throw readError(shown, 'file-not-found', 'no such file');
  if (found.kind !== 'file') {
    const actual = found.kind === 'directory' ? 'a folder' : 'a special file';
    throw readError(shown, 'unreadable-file', `expected a regular file, got ${actual}`);
  }
  if (found.size > maxFileBytes) throw readError(shown, 'unreadable-file', tooLargeText);
  return attempt(shown, () => fileSystem.readText(path));
}

/**
 * Returns all of stdin, at most `maxFileBytes`.
 * @throws PortplanError `invalid-input`, reason `unreadable-file`.
 */
export function readStdin(fileSystem: FileSystem): string {
  return attempt('stdin', () => fileSystem.readStdin());
}

function attempt<Result>(shown: string, read: () => Result): Result {
  try {
    return read();
  } catch (cause) {
    const code = systemCodeOf(cause);
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw readError(shown, 'file-not-found', 'no such file', cause);
    }
    throw readError(shown, 'unreadable-file', messageOf(cause), cause);
  }
}

function readError(shown: string, reason: string, detail: string, cause?: unknown): PortplanError {
  return new PortplanError('invalid-input', `cannot read ${shown}: ${detail}`, {
    reason,
    hint: 'check the path; use "-" to read a Compose file from stdin',
    cause,
  });
}
