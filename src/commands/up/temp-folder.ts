import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PortplanError, systemCodeOf } from '../../errors.ts';

/** A folder for what Compose reads beside the files of the user; removed when it is disposed of. */
export interface TempFolder {
  /** Where the mapping of ports is, or would be. */
  readonly overridePath: string;
  /** @throws PortplanError `start-failed` */
  writeOverride(text: string): Promise<void>;
  remove(): Promise<void>;
}

/** @throws PortplanError `start-failed` where nothing can be written */
export async function createTempFolder(): Promise<TempFolder> {
  const path = await orFail(mkdtemp(join(tmpdir(), 'portplan-up-')));
  const mapping = join(path, 'ports.yaml');
  return {
    overridePath: mapping,
    writeOverride: (text) => orFail(writeFile(mapping, text, { mode: 0o600 })),
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
        hint: 'make room there, or name another folder with TMPDIR; nothing was started',
        cause,
      },
    );
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: 'no space is left',
  EDQUOT: 'the quota is used up',
  EROFS: 'it is read-only',
  EACCES: 'no permission',
  EPERM: 'no permission',
  ENOENT: 'there is no such folder',
};
