import { join } from 'node:path';
import { messageOf, PortplanError, systemCodeOf } from '../../errors.ts';
import { readConfigFile } from './config-file.ts';

/** The PEM texts of a folder; a missing file is `undefined`. */
export interface TlsFiles {
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

/**
 * Reads ca.pem, cert.pem and key.pem (docker's file names) from a folder.
 * @throws PortplanError `invalid-input` for an existing file that cannot be read
 */
export async function readTlsFiles(folder: string): Promise<TlsFiles> {
  const [ca, cert, key] = await Promise.all(
    ['ca.pem', 'cert.pem', 'key.pem'].map((name) => readIfExists(join(folder, name))),
  );
  return { ca, cert, key };
}

async function readIfExists(file: string): Promise<string | undefined> {
  try {
    return await readConfigFile(file);
  } catch (cause) {
    if (systemCodeOf(cause) === 'ENOENT' || systemCodeOf(cause) === 'ENOTDIR') return undefined;
    throw new PortplanError('invalid-input', `cannot read ${file}: ${messageOf(cause)}`, {
      cause,
    });
  }
}
