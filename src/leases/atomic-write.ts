import { randomUUID } from 'node:crypto';
import { type FileHandle, open, readdir, rename, rm, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemCodeOf } from '../errors.ts';

const temporaryPrefix = 'leases.json.new-';

/**
 * Replaces a file atomically and syncs it to disk: a reader sees the old text or the new one, even after a crash or a
 * power failure.
 * @throws the system error; the old file is unchanged
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

/** Removes temporary files of killed processes. Requires the lock. */
export async function removeTemporaries(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    // In a folder with the sticky bit, only the owner of a file can remove it.
    if (name.startsWith(temporaryPrefix)) await unlink(join(folder, name)).catch(() => {});
  }
}

/**
 * Creates a file and syncs it to disk. Its mode follows the folder's: users who can write to the folder can write to the
 * file, and users who can read the folder can read it.
 */
export async function writeNewFile(path: string, text: string): Promise<void> {
  await using _file = await createNewFile(path, text);
}

/** Like `writeNewFile`; returns the open file, which the caller closes. */
export async function createNewFile(path: string, text: string): Promise<FileHandle> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await shareAsFolder(file, dirname(path));
    await file.sync();
    return file;
  } catch (error) {
    await file.close();
    // For example a full disk: do not leave a partial file.
    await rm(path, { force: true });
    throw error;
  }
}

async function shareAsFolder(file: FileHandle, folder: string): Promise<void> {
  const [{ mode, gid }, own] = await Promise.all([stat(folder), file.stat()]);
  const isShared = (mode & 0o060) !== 0 && gid !== own.gid;
  // Fails for users outside the group; then the mode bits for others decide.
  if (isShared) await file.chown(own.uid, gid).catch(() => {});
  await file.chmod((mode & 0o666) | 0o600);
}

/** Windows rejects the rename while another process reads the old file. */
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

/** Syncs the folder, without which the rename is not on disk. Windows cannot sync folders. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  await using handle = await open(folder, 'r');
  await handle.sync();
}
