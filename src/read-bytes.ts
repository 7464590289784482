import { readSync } from 'node:fs';

/**
 * Reads an open file up to its end or `maxBytes`, whichever comes first. Pass the limit plus one to detect a longer file:
 * the size that `stat` reports is no bound, because a file may grow and files of `/proc` have size 0.
 * @throws the system's error
 */
export function readBytes(file: number, maxBytes: number): Buffer {
  const chunks: Uint8Array[] = [];
  let length = 0;
  while (length < maxBytes) {
    const chunk = new Uint8Array(Math.min(65_536, maxBytes - length));
    const count = readSync(file, chunk);
    if (count === 0) break;
    chunks.push(chunk.subarray(0, count));
    length += count;
  }
  return Buffer.concat(chunks);
}
