import { readSync } from 'node:fs';

/** Size of the first buffer, in bytes: most files are shorter, and files of /proc do not report their size. */
const firstBytes = 1024;

/**
 * Reads an open file up to its end or `maxBytes` (at least 1), whichever comes first. Pass the limit plus one to detect a
 * longer file: the size that `stat` reports is no bound, because a file may grow and files of `/proc` have size 0.
 * @throws the system's error
 */
export function readBytes(file: number, maxBytes: number): Buffer {
  let buffer = Buffer.allocUnsafe(Math.min(firstBytes, maxBytes));
  let length = 0;
  while (true) {
    const count = readSync(file, buffer, length, buffer.length - length, null);
    length += count;
    if (count === 0 || length === maxBytes) return buffer.subarray(0, length);
    if (length === buffer.length) {
      const larger = Buffer.allocUnsafe(Math.min(4 * length, maxBytes));
      buffer.copy(larger);
      buffer = larger;
    }
  }
}
