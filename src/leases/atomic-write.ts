import { randomUUID } from 'node:crypto';
import { type FileHandle, open, readdir, rename, rm, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemCodeOf } from '../errors.ts';

const temporaryPrefix = 'leases.json.new-';

/**
 * Puts a text in place of a file, all or nothing, and on the disk before it returns: whoever reads sees the old text or
 * the new one, also after a crash or a power failure.
 * @throws the system's error; the old file is untouched then.
 */
export async function replaceFile(path: string, text: string): Promise<void> {
  const folder = dirname(path);
  const temporary = join(folder, `${temporaryPrefix}${process.pid}-${randomUUID()}`);
  try {
    await writeNewFile(temporary, text);
    await renameOver(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(folder);
}

/** Removes the files that killed processes had not put in place yet. Only for the one who may write here. */
export async function removeTemporaries(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    // In a folder with the sticky bit, only its owner can.
    if (name.startsWith(temporaryPrefix)) await unlink(join(folder, name)).catch(() => {});
  }
}

/**
 * Writes a file that does not exist yet, onto the disk. Those who may write into the folder may write the file, and those
 * who may read the folder may read it: so a folder's mode decides who shares what is in it.
 */
export async function writeNewFile(path: string, text: string): Promise<void> {
  await using _file = await createNewFile(path, text);
}

/** As `writeNewFile`; returns the open file, which the caller closes. */
export async function createNewFile(path: string, text: string): Promise<FileHandle> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await shareAsFolder(file, dirname(path));
    await file.sync();
    return file;
  } catch (error) {
    await file.close();
    // A full disk: half of a file is worth nothing.
    await rm(path, { force: true });
    throw error;
  }
}

async function shareAsFolder(file: FileHandle, folder: string): Promise<void> {
  const [{ mode, gid }, own] = await Promise.all([stat(folder), file.stat()]);
  const isShared = (mode & 0o060) !== 0 && gid !== own.gid;
  // Refused to those who are not in the group; the bits for all others then decide.
  if (isShared) await file.chown(own.uid, gid).catch(() => {});
  await file.chmod((mode & 0o666) | 0o600);
}

/** Windows refuses for a moment while somebody reads the old file. */
const windowsAttempts = 50;

async function renameOver(from: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await rename(from, to);
    } catch (error) {
      const busy = ['EPERM', 'EACCES', 'EBUSY'].includes(systemCodeOf(error) ?? '');
      if (process.platform !== 'win32' || !busy || attempt === windowsAttempts) throw error;
      await sleep(20);
    }
  }
}

/** The rename itself is on the disk only when the folder is; not every system can sync one. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  await using handle = await open(folder, 'r');
  await handle.sync();
}
