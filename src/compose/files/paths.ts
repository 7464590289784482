import { realpathSync } from 'node:fs';
import { isAbsolute, relative, sep } from 'node:path';

/** Returns a path for messages: relative if it is below the working directory, else absolute. */
export function shownPath(path: string, cwd: string): string {
  if (path === '-') return path;
  const short = relative(cwd, path);
  const outside =
    short === '' || short === '..' || short.startsWith(`..${sep}`) || isAbsolute(short);
  return outside ? path : short;
}

/** Returns whether Compose fetches the path from a Git repository or an OCI registry. */
export function isRemote(path: string): boolean {
  return /^(oci:\/\/|https?:\/\/|git:\/\/|ssh:\/\/|git@|github\.com\/)/.test(path);
}

/** Returns a path with symbolic links resolved; unchanged if it does not exist. */
export function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
