import { exists, type FileSystem, readFileText } from '../files/file-system.ts';

/** Texts of files by absolute path; `undefined` if the file does not exist. */
export type VirtualFiles = ReadonlyMap<string, string | undefined>;

/** Returns a file system in which the given files have these texts. */
export function withVirtualFiles(fileSystem: FileSystem, texts: VirtualFiles): FileSystem {
  return {
    ...fileSystem,
    stat(path) {
      if (!texts.has(path)) return fileSystem.stat(path);
      const text = texts.get(path);
      return text === undefined ? undefined : { kind: 'file', size: Buffer.byteLength(text) };
    },
    readText: (path) => texts.get(path) ?? fileSystem.readText(path),
  };
}

/**
 * Returns the text of a file; `undefined` if it does not exist.
 * @throws PortplanError `invalid-input`, reason `unreadable-file`.
 */
export function readTextIfExists(fileSystem: FileSystem, path: string): string | undefined {
  return exists(fileSystem, path) ? readFileText(fileSystem, path, path) : undefined;
}
