import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A folder that is removed when it is disposed of. */
export interface MadeUpFolder extends AsyncDisposable {
  readonly root: string;
}

/** Makes a folder of files by their paths; a text that begins with `-> ` makes a symbolic link. */
export async function makeUpFolder(files: Readonly<Record<string, string>>): Promise<MadeUpFolder> {
  const root = await mkdtemp(join(tmpdir(), 'portplan-scanner-'));
  for (const [file, text] of Object.entries(files)) {
    const path = join(root, file);
    await mkdir(dirname(path), { recursive: true });
    if (text.startsWith('-> ')) await symlink(text.slice(3), path);
    else await writeFile(path, text);
  }
  return { root, [Symbol.asyncDispose]: () => rm(root, { recursive: true }) };
}
