import { execFile } from 'node:child_process';
import { PortplanError } from '../../errors.ts';

/** An installed Docker Compose. */
export interface ComposeProgram {
  /** Executable and first arguments: `docker compose` or `docker-compose`. */
  readonly command: readonly [file: string, ...args: readonly string[]];
  /** `2.40.3`. */
  readonly version: string;
}

/** The plugin comes first: it is the current form. The standalone program is older, or used without the docker CLI. */
const candidates: readonly ComposeProgram['command'][] = [
  ['docker', 'compose'],
  ['docker-compose'],
];

const timeoutMs = 10_000;

/**
 * Returns the first installed Docker Compose: plugin, then standalone program.
 * @throws PortplanError `compose-unavailable` when neither is installed
 */
export async function findCompose(env: NodeJS.ProcessEnv = process.env): Promise<ComposeProgram> {
  for (const command of candidates) {
    const version = await versionOf(command, env);
    if (version !== undefined) return { command, version };
  }
  throw new PortplanError('compose-unavailable', 'Docker Compose is not installed', {
    hint: 'install the docker compose plugin or docker-compose, then check it with: docker compose version',
  });
}

/** Returns `undefined` when the command fails, as docker does without the plugin. */
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
