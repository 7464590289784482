import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A folder that exists until it is disposed of; names are relative to it, with `/`. */
export interface TempFolder extends AsyncDisposable {
  readonly path: string;
  /** Writes a file, creates its folders, and returns its absolute path. */
  write(name: string, text: string): Promise<string>;
  read(name: string): Promise<string>;
}

/**
 * Creates a folder, empty or with `files` (name → text); `await using` removes it at the end of the block.
 * @param files name → text
 */
export async function tempFolder(
  files: Readonly<Record<string, string>> = {},
): Promise<TempFolder> {
  const path = await realpath(await mkdtemp(join(tmpdir(), 'portplan-test-')));
  const folder: TempFolder = {
    path,
    async write(name, text) {
      const file = join(path, name);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text);
      return file;
    },
    read: (name) => readFile(join(path, name), 'utf8'),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 3 }),
  };
  for (const [name, text] of Object.entries(files)) await folder.write(name, text);
  return folder;
}
