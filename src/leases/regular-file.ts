import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { systemCodeOf } from '../errors.ts';
import { readBytes } from '../read-bytes.ts';

/** What a file holds that somebody else may have put there. */
export type FileContent =
  | { readonly kind: 'text'; readonly text: string }
  /** There is none. */
  | { readonly kind: 'absent' }
  /** It cannot be one of ours; `why` in words. */
  | { readonly kind: 'odd'; readonly why: string; readonly isRegular: boolean };

// Windows has neither; there are no pipes in its folders, and links need rights.
const { O_RDONLY, O_NONBLOCK = 0, O_NOFOLLOW = 0 } = constants;

/**
 * The text of a regular file. Never follows a symbolic link, waits for a pipe or reads more than `maxBytes`.
 * @throws the system's error when it may not be read.
 */
export function readRegularFile(
  path: string,
  { maxBytes }: { readonly maxBytes: number },
): FileContent {
  let file: number | undefined;
  try {
    file = openSync(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW);
    const facts = fstatSync(file);
    if (!facts.isFile()) return special('it is no regular file');
    const bytes = readBytes(file, maxBytes + 1);
    if (bytes.length > maxBytes) return broken(`it is larger than ${maxBytes} bytes`);
    return toText(bytes);
  } catch (error) {
    const code = systemCodeOf(error);
    if (code === 'ENOENT') return { kind: 'absent' };
    // O_NOFOLLOW met a link: open(2), and EMLINK on FreeBSD.
    if (code === 'ELOOP' || code === 'EMLINK') return special('it is a symbolic link');
    if (code === 'ENXIO' || code === 'EISDIR') return special('it is no regular file');
    throw error;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function toText(bytes: Uint8Array): FileContent {
  try {
    return { kind: 'text', text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return broken('it is not UTF-8 text');
  }
}

function special(why: string): FileContent {
  return { kind: 'odd', why, isRegular: false };
}

function broken(why: string): FileContent {
  return { kind: 'odd', why, isRegular: true };
}
