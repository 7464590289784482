import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { PortplanError } from '../../errors.ts';

const mebibyte = 1024 * 1024;

/**
 * The text of a file that lies where docker keeps its own, as `readTextFile`; what is no regular file is refused, because
 * reading it may never end.
 * @throws as `readTextFile`
 */
export async function readOwnFile(path: string, options?: { maxBytes: number }): Promise<string> {
  if (!(await stat(path)).isFile())
    throw new PortplanError('invalid-input', `${path} is no regular file`);
  return await readTextFile(path, options);
}

/**
 * The text of a file that the user named; it may be a pipe, as in `--env-file <(…)`. At most `maxBytes` (1 MiB).
 * @throws the system's error (`ENOENT`, …), or PortplanError `invalid-input` when it is too long or not UTF-8.
 */
export async function readTextFile(path: string, { maxBytes = mebibyte } = {}): Promise<string> {
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
    // Takes a byte order mark away, too.
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch (cause) {
    throw new PortplanError('invalid-input', `${path} is not UTF-8 text`, { cause });
  }
}
