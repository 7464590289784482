import { closeSync, openSync, readSync } from 'node:fs';

/**
 * The beginning of a file, or nothing if it cannot be read: files of /proc come and go with their processes, and some
 * are as long as the process likes.
 */
export function readBounded(path: string, maxBytes = 65_536): Buffer | undefined {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    return readUpTo(file, maxBytes);
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function readUpTo(file: number, maxBytes: number): Buffer {
  const buffer = Buffer.alloc(maxBytes);
  let length = 0;
  while (length < maxBytes) {
    const read = readSync(file, buffer, length, maxBytes - length, null);
    if (read === 0) break;
    length += read;
  }
  return buffer.subarray(0, length);
}
