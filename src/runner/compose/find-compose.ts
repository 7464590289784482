import { execFile } from 'node:child_process';
import { PortplanError } from '../../errors.ts';

/** A Docker Compose that can be run. */
export interface ComposeProgram {
  /** The program and its first arguments: `docker compose`, or `docker-compose`. */
  readonly command: readonly [file: string, ...args: readonly string[]];
  /** `2.40.3`. */
  readonly version: string;
}

/** As a plugin of docker first, as people have it today; the program of its own is older, or stands alone. */
const candidates: readonly ComposeProgram['command'][] = [
  ['docker', 'compose'],
  ['docker-compose'],
];

const timeoutMs = 10_000;

/**
 * Finds Docker Compose as a plugin or a program.
 * @throws PortplanError `compose-unavailable` when there is none
 */
export async function findCompose(env: NodeJS.ProcessEnv = process.env): Promise<ComposeProgram> {
  for (const command of candidates) {
    const version = await versionOf(command, env);
    if (version !== undefined) return { command, version };
  }
  throw new PortplanError('compose-unavailable', 'Docker Compose is not installed', {
    hint: 'install the compose plugin of docker, or docker-compose; docker compose version shows it',
  });
}

/** Nothing where it does not run: docker without the plugin ends with an error. */
function versionOf(
  [file, ...args]: ComposeProgram['command'],
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(
      file,
      [...args, 'version', '--short'],
      { encoding: 'utf8', timeout: timeoutMs, windowsHide: true, env },
      (error, output) => {
        const version = /^v?(\d+\.\d+\.\d+\S*)\s*$/m.exec(output)?.[1];
        resolve(error === null ? version : undefined);
      },
    );
  });
}
