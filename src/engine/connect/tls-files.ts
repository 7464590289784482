import { join } from 'node:path';
import { messageOf, PortplanError, systemCodeOf } from '../../errors.ts';
import { readOwnFile } from './config-file.ts';

/** The PEM texts of a folder, as far as they are there. */
export interface TlsFiles {
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

/**
 * Reads ca.pem, cert.pem and key.pem, docker's names for them.
 * @throws PortplanError `invalid-input` for a file that is there and cannot be read.
 */
export async function readTlsFiles(folder: string): Promise<TlsFiles> {
  const [ca, cert, key] = await Promise.all(
    ['ca.pem', 'cert.pem', 'key.pem'].map((name) => readIfThere(join(folder, name))),
  );
  return { ca, cert, key };
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readOwnFile(file);
  } catch (cause) {
    if (systemCodeOf(cause) === 'ENOENT' || systemCodeOf(cause) === 'ENOTDIR') return undefined;
    throw new PortplanError('invalid-input', `${file} cannot be read: ${messageOf(cause)}`, {
      cause,
    });
  }
}
