import { spawn } from 'node:child_process';
import { PortplanError, systemCodeOf } from '../../errors.ts';

/** The credentials of a registry. With the user name `<token>`, the secret is an identity token. */
export interface HelperCredentials {
  readonly username: string;
  readonly secret: string;
}

interface HelperOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly timeoutMs?: number;
}

const maxOutputLength = 64 * 1024;
/** The message of all helpers for missing credentials (docker/docker-credential-helpers: credentials/error.go). */
const notFound = 'credentials not found in native keychain';

/**
 * Runs `docker-credential-NAME get`, which prints the credentials of a registry as JSON. Returns `undefined` when it has
 * none.
 * @throws PortplanError `invalid-input` with the reason `credential-helper` when it is missing, fails, or exceeds the
 *   timeout (10 s). Messages never contain its output.
 */
export async function askCredentialHelper(
  name: string,
  registry: string,
  { env = process.env, timeoutMs = 10_000 }: HelperOptions = {},
): Promise<HelperCredentials | undefined> {
  // Otherwise the name could contain a path.
  if (!/^[\w.-]+$/.test(name)) throw helperError(name, 'invalid helper name');
  const { code, output } = await run(name, registry, env, timeoutMs);
  if (output.trim() === notFound) return undefined;
  if (code !== 0) throw helperError(name, `exit code ${code} for ${registry}`);
  const credentials = parseOutput(output);
  if (credentials === undefined) throw helperError(name, `invalid output for ${registry}`);
  return credentials;
}

interface Ending {
  readonly code: number | null;
  readonly output: string;
}

function run(
  name: string,
  registry: string,
  env: NonNullable<HelperOptions['env']>,
  timeoutMs: number,
): Promise<Ending> {
  return new Promise((resolve, reject) => {
    const child = spawn(`docker-credential-${name}`, ['get'], {
      env,
      stdio: ['pipe', 'pipe', 'ignore'],
      windowsHide: true,
    });
    const stop = (reason: string) => {
      child.kill('SIGKILL');
      child.stdout.destroy();
      reject(helperError(name, reason));
    };
    const timer = setTimeout(stop, timeoutMs, `no response within ${timeoutMs / 1000} s`);
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (output.length > maxOutputLength) stop('output too long');
    });
    child.on('error', (error) => {
      clearTimeout(timer);
      reject(systemCodeOf(error) === 'ENOENT' ? missing(name) : helperError(name, error.message));
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, output });
    });
    // A helper may exit without reading stdin; its exit code decides.
    child.stdin.on('error', () => undefined).end(registry);
  });
}

function parseOutput(output: string): HelperCredentials | undefined {
  try {
    const json: unknown = JSON.parse(output);
    if (typeof json !== 'object' || json === null) return undefined;
    if (!('Username' in json) || !('Secret' in json)) return undefined;
    const { Username: username, Secret: secret } = json;
    if (typeof username !== 'string' || typeof secret !== 'string') return undefined;
    return { username, secret };
  } catch {
    // The parser's message quotes the secret.
    return undefined;
  }
}

function missing(name: string): PortplanError {
  return helperError(
    name,
    'not installed',
    `install it, or remove "${name}" from credsStore and credHelpers in docker's config.json`,
  );
}

function helperError(name: string, reason: string, hint?: string): PortplanError {
  return new PortplanError(
    'invalid-input',
    `credential helper docker-credential-${name}: ${reason}`,
    {
      reason: 'credential-helper',
      hint: hint ?? 'docker login stores the credentials again',
    },
  );
}
