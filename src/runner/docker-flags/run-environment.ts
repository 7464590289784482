import { readTextFile } from '../../engine/connect/config-file.ts';
import type { ProxySettings } from '../../engine/connect/docker-config.ts';
import { messageOf, PortplanError } from '../../errors.ts';
import type { FlagName } from './flag-table.ts';

/** What flags refer to outside of the command line. */
export interface RunEnvironment {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The folder that relative paths start from. */
  readonly cwd: string;
  readonly readFile: (path: string) => Promise<string>;
  /** What config.json says about proxies for the engine in use. */
  readonly proxies?: ProxySettings | undefined;
}

/** Those of this process. */
export function defaultRunEnvironment(): RunEnvironment {
  return { env: process.env, cwd: process.cwd(), readFile: readTextFile };
}

/**
 * The text of a file that a flag names.
 * @throws PortplanError `invalid-input` that says which flag named it.
 */
export async function readFlagFile(
  flag: FlagName,
  path: string,
  from: RunEnvironment,
): Promise<string> {
  try {
    return await from.readFile(path);
  } catch (cause) {
    const why = cause instanceof PortplanError ? cause.message : messageOf(cause);
    throw new PortplanError('invalid-input', `--${flag} "${path}": cannot be read: ${why}`, {
      cause,
    });
  }
}
