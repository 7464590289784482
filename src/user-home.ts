import { homedir } from 'node:os';

/**
 * Returns the home folder of this user: HOME, else that of the system's user database. A user who has neither (a
 * container with a numeric user, a service with a numeric `User=`) gets `/nonexistent`, as Debian gives to its system
 * users, where `os.homedir()` throws.
 */
export function userHome(): string {
  try {
    return homedir();
  } catch {
    return '/nonexistent';
  }
}
