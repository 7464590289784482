import { close, closeSync, open, openSync, read } from 'node:fs';
import { promisify } from 'node:util';
import { readBytes } from '../../../read-bytes.ts';

// fs.promises costs four times as much for files of /proc, which return one page for each read.
const openFile = promisify(open);
const readFile = promisify(read);
const closeFile = promisify(close);

/** At least a page of any kernel: /proc fills no more than one page for each read. */
const chunkSize = 65_536;
/** A read of /proc that leaves room for more rows in the smallest page was the last one. */
const shortRead = 4096 - 512;

/**
 * Passes the lines of a text file in /proc to `take` until it returns false or the file ends. Omits the read that would
 * only find the end of the file: for /proc/net/tcp that read walks the whole connection table again.
 * @throws the system error if the file cannot be opened or read
 */
export async function readLines(path: string, take: (line: string) => boolean): Promise<void> {
  const file = await openFile(path, 'r');
  try {
    await pump(file, take);
  } finally {
    await closeFile(file);
  }
}

async function pump(file: number, take: (line: string) => boolean): Promise<void> {
  const buffer = Buffer.allocUnsafe(chunkSize);
  let rest = '';
  while (true) {
    const { bytesRead } = await readFile(file, buffer, 0, chunkSize, null);
    const lines = (rest + buffer.toString('latin1', 0, bytesRead)).split('\n');
    rest = lines.pop() ?? '';
    if (!lines.every(take)) return;
    if (bytesRead < shortRead) break;
  }
  if (rest !== '') take(rest);
}

/**
 * The beginning of a file, or nothing if it cannot be read: files of /proc come and go with their processes, and some
 * are as long as the process likes.
 */
export function readBounded(path: string, maxBytes = 65_536): Buffer | undefined {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    return readBytes(file, maxBytes);
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
