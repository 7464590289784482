import { realpathSync } from 'node:fs';

/** A path without symbolic links; one that is not there stands for itself. */
export function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
