import { posix, win32 } from 'node:path';
import { PortplanError } from '../errors.ts';

/** What decides where leases are kept. */
export interface StatePlace {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The user's home. */
  readonly home: string;
  /** `process.platform`. */
  readonly platform: string;
}

/**
 * The folder of the leases: PORTPLAN_STATE_DIR as it is; else `portplan` below the state folder of the XDG Base Directory
 * Specification 0.8 (which ignores relative paths), or below what the platform has in its place: Application Support on
 * macOS, Local AppData on Windows.
 * @throws PortplanError `invalid-usage` for a relative PORTPLAN_STATE_DIR, which would be another one in each folder.
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
