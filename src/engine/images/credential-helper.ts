import { spawn } from 'node:child_process';
import { PortplanError, systemCodeOf } from '../../errors.ts';

/** What a helper keeps for a registry. `<token>` as the user name: the secret is an identity token. */
export interface HelperAnswer {
  readonly username: string;
  readonly secret: string;
}

interface HelperOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly timeoutMs?: number;
}

const maxAnswerBytes = 64 * 1024;
/** The words by which all helpers say so (docker/docker-credential-helpers: credentials/error.go). */
const notFound = 'credentials not found in native keychain';

/**
 * Asks `docker-credential-NAME get` for a registry's credentials, which it prints as JSON. Nothing: it has none.
 * @throws PortplanError `invalid-input` with the reason `credential-helper` when it is missing, fails, or takes longer
 *   than the time given (10 s). No message carries anything of its output.
 */
export async function askCredentialHelper(
  name: string,
  registry: string,
  { env = process.env, timeoutMs = 10_000 }: HelperOptions = {},
): Promise<HelperAnswer | undefined> {
  // The name is a part of a path otherwise.
  if (!/^[\w.-]+$/.test(name)) throw fault(name, 'that is not the name of a helper');
  const { code, output } = await run(name, registry, env, timeoutMs);
  if (output.trim() === notFound) return undefined;
  if (code !== 0) throw fault(name, `it ended with code ${code} for ${registry}`);
  const answer = parseAnswer(output);
  if (answer === undefined) throw fault(name, `its answer for ${registry} makes no sense`);
  return answer;
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
    const stop = (why: string) => {
      child.kill('SIGKILL');
      child.stdout.destroy();
      reject(fault(name, why));
    };
    const timer = setTimeout(stop, timeoutMs, `it did not answer within ${timeoutMs / 1000} s`);
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (output.length > maxAnswerBytes) stop('its answer is too long');
    });
    child.on('error', (error) => {
      clearTimeout(timer);
      reject(systemCodeOf(error) === 'ENOENT' ? missing(name) : fault(name, error.message));
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, output });
    });
    // A helper that ends without reading is judged by its code.
    child.stdin.on('error', () => undefined).end(registry);
  });
}

function parseAnswer(output: string): HelperAnswer | undefined {
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
  return fault(
    name,
    'it is not installed',
    `install it, or take "${name}" out of credsStore and credHelpers in docker's config.json`,
  );
}

function fault(name: string, why: string, hint?: string): PortplanError {
  return new PortplanError('invalid-input', `credential helper docker-credential-${name}: ${why}`, {
    reason: 'credential-helper',
    hint: hint ?? 'docker login stores the credentials anew',
  });
}
