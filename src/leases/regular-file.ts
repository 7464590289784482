import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { systemCodeOf } from '../errors.ts';
import { readBytes } from '../read-bytes.ts';

/** The content of a file that another user may have created. */
export type FileContent =
  | { readonly kind: 'text'; readonly text: string }
  /** The file does not exist. */
  | { readonly kind: 'absent' }
  /** portplan never writes such a file; `why` is a clause. */
  | { readonly kind: 'invalid'; readonly why: string; readonly isRegular: boolean };

// Windows has neither flag: its folders contain no pipes, and creating links needs privileges.
const { O_RDONLY, O_NONBLOCK = 0, O_NOFOLLOW = 0 } = constants;

/**
 * Returns the text of a regular file. Never follows a symbolic link, waits for a pipe or reads more than `maxBytes`.
 * @throws the system error if the file cannot be read
 */
export function readRegularFile(
  path: string,
  { maxBytes }: { readonly maxBytes: number },
): FileContent {
  let file: number | undefined;
  try {
    file = openSync(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW);
    const facts = fstatSync(file);
    if (!facts.isFile()) return special('not a regular file');
    const bytes = readBytes(file, maxBytes + 1);
    if (bytes.length > maxBytes) return broken(`larger than ${maxBytes} bytes`);
    return toText(bytes);
  } catch (error) {
    const code = systemCodeOf(error);
    if (code === 'ENOENT') return { kind: 'absent' };
    // O_NOFOLLOW met a link: open(2), and EMLINK on FreeBSD.
    if (code === 'ELOOP' || code === 'EMLINK') return special('a symbolic link');
    if (code === 'ENXIO' || code === 'EISDIR') return special('not a regular file');
    throw error;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function toText(bytes: Uint8Array): FileContent {
  try {
    return { kind: 'text', text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return broken('not UTF-8 text');
  }
}

function special(why: string): FileContent {
  return { kind: 'invalid', why, isRegular: false };
}

function broken(why: string): FileContent {
  return { kind: 'invalid', why, isRegular: true };
}
