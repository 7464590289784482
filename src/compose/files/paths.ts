import { realpathSync } from 'node:fs';
import { isAbsolute, relative, sep } from 'node:path';

/** A path as it is shown: relative where it lies in the working directory, else absolute. */
export function shownPath(path: string, cwd: string): string {
  if (path === '-') return path;
  const short = relative(cwd, path);
  const outside =
    short === '' || short === '..' || short.startsWith(`..${sep}`) || isAbsolute(short);
  return outside ? path : short;
}

/** Whether Compose would fetch the resource: a git repository or an OCI artifact. */
export function isRemote(path: string): boolean {
  return /^(oci:\/\/|https?:\/\/|git:\/\/|ssh:\/\/|git@|github\.com\/)/.test(path);
}

/** A path without symbolic links; one that is not there stands for itself. */
export function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
