import { exists, type FileSystem, readFileText } from '../files/file-system.ts';

/** Texts that stand for files, by absolute path; `undefined`: there is none. */
export type VirtualFiles = ReadonlyMap<string, string | undefined>;

/** A disk on which some files hold another text. */
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
 * The text of a file, or nothing where there is none.
 * @throws PortplanError `invalid-input`, reason `unreadable-file`
 */
export function readTextIfExists(fileSystem: FileSystem, path: string): string | undefined {
  return exists(fileSystem, path) ? readFileText(fileSystem, path, path) : undefined;
}
