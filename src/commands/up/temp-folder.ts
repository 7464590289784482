import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PortplanError, systemCodeOf } from '../../errors.ts';

/** Temporary folder for files that Compose reads in addition to the user's. */
export interface TempFolder {
  /** Path of the ports override, whether or not it was written. */
  readonly overridePath: string;
  /** @throws PortplanError `start-failed` */
  writeOverride(text: string): Promise<void>;
  remove(): Promise<void>;
}

/** @throws PortplanError `start-failed` when the folder cannot be created */
export async function createTempFolder(): Promise<TempFolder> {
  const path = await orFail(mkdtemp(join(tmpdir(), 'portplan-up-')));
  const overridePath = join(path, 'ports.yaml');
  return {
    overridePath,
    writeOverride: (text) => orFail(writeFile(overridePath, text, { mode: 0o600 })),
    remove: () => rm(path, { recursive: true, force: true }),
  };
}

async function orFail<T>(writing: Promise<T>): Promise<T> {
  try {
    return await writing;
  } catch (cause) {
    const reason = systemCodeOf(cause);
    if (reason === undefined) throw cause;
    throw new PortplanError(
      'start-failed',
      `cannot write to ${tmpdir()}: ${reasons[reason] ?? reason}`,
      {
        hint: 'free space there, or set TMPDIR to another folder; nothing was started',
        cause,
      },
    );
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: 'no space left on device',
  EDQUOT: 'disk quota exceeded',
  EROFS: 'read-only file system',
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  ENOENT: 'no such folder',
};
