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

/** Most files are shorter; /proc does not say how long they are. */
const firstBytes = 1024;

function readUpTo(file: number, maxBytes: number): Buffer {
  let buffer = Buffer.allocUnsafe(Math.min(firstBytes, maxBytes));
  let length = 0;
  while (true) {
    const read = readSync(file, buffer, length, buffer.length - length, null);
    length += read;
    if (read === 0 || length === maxBytes) return buffer.subarray(0, length);
    if (length === buffer.length) {
      const larger = Buffer.allocUnsafe(Math.min(4 * length, maxBytes));
      buffer.copy(larger);
      buffer = larger;
    }
  }
}
