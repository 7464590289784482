import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { PortplanError } from '../../errors.ts';

const mebibyte = 1024 * 1024;

interface ReadLimit {
  readonly maxBytes?: number;
}

/**
 * Returns the text of a file in docker's own folders. Rejects anything but a regular file, because reading it may never
 * end.
 * @throws as `readTextFile`; `invalid-input` also when the path is not a regular file
 */
export async function readConfigFile(path: string, options?: ReadLimit): Promise<string> {
  if (!(await stat(path)).isFile())
    throw new PortplanError('invalid-input', `${path} is not a regular file`);
  return await readTextFile(path, options);
}

/**
 * Returns the text of a file that the user named, without a byte order mark. It may be a pipe, as in `--env-file <(…)`.
 * @throws the system's error (`ENOENT`, …), or PortplanError `invalid-input` if the file is larger than `maxBytes`
 *   (default: 1 MiB) or not UTF-8
 */
export async function readTextFile(
  path: string,
  { maxBytes = mebibyte }: ReadLimit = {},
): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of createReadStream(path)) {
    size += chunk.length;
    if (size > maxBytes) {
      throw new PortplanError('invalid-input', `${path} is larger than ${maxBytes} bytes`);
    }
    chunks.push(chunk);
  }
  try {
    // Also removes a byte order mark.
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch (cause) {
    throw new PortplanError('invalid-input', `${path} is not UTF-8 text`, { cause });
  }
}
