import { readTextFile } from '../../engine/connect/config-file.ts';
import type { ProxySettings } from '../../engine/connect/docker-config.ts';
import { messageOf, PortplanError } from '../../errors.ts';
import type { FlagName } from './flag-table.ts';

/** Environment that flags refer to: variables, folder, files and proxies. */
export interface RunEnvironment {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Base folder of relative paths; absolute. */
  readonly cwd: string;
  readonly readFile: (path: string) => Promise<string>;
  /** Proxies of docker's config.json for the engine in use. */
  readonly proxies?: ProxySettings | undefined;
}

/** Returns the environment of this process. */
export function defaultRunEnvironment(): RunEnvironment {
  return { env: process.env, cwd: process.cwd(), readFile: readTextFile };
}

/**
 * Returns the text of a file that a flag names.
 * @throws PortplanError `invalid-input` with the name of the flag
 */
export async function readFlagFile(
  flag: FlagName,
  path: string,
  environment: RunEnvironment,
): Promise<string> {
  try {
    return await environment.readFile(path);
  } catch (cause) {
    const reason = cause instanceof PortplanError ? cause.message : messageOf(cause);
    throw new PortplanError('invalid-input', `--${flag}: cannot read "${path}": ${reason}`, {
      cause,
    });
  }
}
