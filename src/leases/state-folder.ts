import { lstatSync, statSync } from 'node:fs';
import { posix, win32 } from 'node:path';
import { PortplanError, systemCodeOf } from '../errors.ts';

/** Inputs that determine the folder of the leases. */
export interface StatePlace {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The user's home. */
  readonly home: string;
  /** `process.platform`. */
  readonly platform: string;
}

/**
 * Returns the folder of the leases: PORTPLAN_STATE_DIR unchanged; else `portplan` below the state folder of the XDG Base Directory
 * Specification 0.8 (which ignores relative paths), or the equivalent of the platform: Application Support on macOS, Local
 * AppData on Windows.
 * @throws PortplanError `invalid-usage` for a relative PORTPLAN_STATE_DIR, which would differ by working directory
 */
export function stateFolderOf({ env, home, platform }: StatePlace): string {
  const { isAbsolute, join } = platform === 'win32' ? win32 : posix;
  const shared = env.PORTPLAN_STATE_DIR ?? '';
  if (shared !== '') {
    if (isAbsolute(shared)) return shared;
    throw new PortplanError('invalid-usage', `PORTPLAN_STATE_DIR: "${shared}" is not absolute`, {
      hint: 'expected a path such as /var/lib/portplan',
    });
  }
  const xdg = env.XDG_STATE_HOME ?? '';
  if (isAbsolute(xdg)) return join(xdg, 'portplan');
  switch (platform) {
    case 'darwin':
      return join(home, 'Library', 'Application Support', 'portplan');
    case 'win32':
      return join(env.LOCALAPPDATA || join(home, 'AppData', 'Local'), 'portplan');
    default:
      return join(home, '.local', 'state', 'portplan');
  }
}

/**
 * Rejects a state folder through which another user could change this user's files, or provide leases to this user: a link to a folder of another user, and a folder that every user may write to. Several users share a folder
 * that belongs to their group. A folder that does not exist yet passes.
 * @param uid - the effective user id; `undefined` where the system has none (Windows)
 * @throws PortplanError `leases-unavailable`, and the system's error for a path that cannot be looked up
 */
export function checkStateFolder(folder: string, uid = process.geteuid?.()): void {
  if (uid === undefined) return;
  try {
    const target = statSync(folder);
    if (lstatSync(folder).isSymbolicLink() && target.uid !== uid && target.uid !== 0) {
      throw unsafeFolder(`${folder} is a link to a folder of another user (uid ${target.uid})`);
    }
    if ((target.mode & 0o002) !== 0) {
      throw unsafeFolder(`every user may write to ${folder} (mode ${toOctal(target.mode)})`);
    }
  } catch (error) {
    if (systemCodeOf(error) !== 'ENOENT') throw error;
  }
}

function toOctal(mode: number): string {
  return (mode & 0o7777).toString(8).padStart(4, '0');
}

function unsafeFolder(message: string): PortplanError {
  return new PortplanError('leases-unavailable', message, {
    hint: 'share a folder with a group instead: chgrp GROUP FOLDER && chmod 2770 FOLDER',
  });
}

/**
 * Returns why no lease may be kept in a state folder below the home folder, if there is a reason: the home folder does not
 * exist or may not be searched, or it belongs to another user (`sudo -E`). Folders that root makes in it would lock its
 * owner out. A state folder that is not below the home folder has no such problem.
 * @param uid - the effective user id; `undefined` where the system has none (Windows)
 */
export function findHomeProblem(
  folder: string,
  home: string,
  uid = process.geteuid?.(),
): string | undefined {
  if (uid === undefined || !folder.startsWith(`${home}/`)) return undefined;
  try {
    const owner = statSync(`${home}/.`).uid;
    return owner === uid
      ? undefined
      : `the home folder ${home} belongs to another user (uid ${owner})`;
  } catch (error) {
    const why = systemCodeOf(error) === 'ENOENT' ? 'does not exist' : 'cannot be searched';
    return `the home folder ${home} ${why}`;
  }
}
