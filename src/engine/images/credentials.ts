import { PortplanError } from '../../errors.ts';
import { userHome } from '../../user-home.ts';
import {
  type AuthEntry,
  type DockerConfig,
  dockerConfigFolder,
  parseDockerConfig,
  readDockerConfig,
} from '../connect/docker-config.ts';
import { askCredentialHelper } from './credential-helper.ts';

/**
 * The credentials of a registry in the format of the engine's X-Registry-Auth header (dockerode's `authconfig`). Secret:
 * never print them or include them in an error.
 */
export type RegistryCredentials =
  | { readonly username: string; readonly password: string; readonly serveraddress: string }
  | { readonly identitytoken: string; readonly serveraddress: string };

interface Sources {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly home?: string;
  /** Read from docker's folder when absent. */
  readonly config?: DockerConfig;
  readonly helperTimeoutMs?: number;
}

/**
 * Returns the credentials that `docker login` stored for a registry (`authKey` of an image), searched as docker does: in
 * DOCKER_AUTH_CONFIG, the credential helper of the registry, the default helper, then config.json. Returns `undefined`
 * when there are none; the pull then uses no credentials.
 * @throws PortplanError `invalid-input`, with the reason `credential-helper` or `damaged-credentials`. `docker pull`
 *   then continues without credentials, which is enough for public images.
 */
export async function findCredentials(
  authKey: string,
  { env = process.env, home = userHome(), config, helperTimeoutMs }: Sources = {},
): Promise<RegistryCredentials | undefined> {
  const fromEnv = findEntry(readEnvAuths(env), authKey);
  if (fromEnv !== undefined) return toCredentials(fromEnv, authKey);
  const known = config ?? (await readDockerConfig(dockerConfigFolder(env, home)));
  const helper = entryOf(known.credHelpers, authKey) ?? known.credsStore;
  if (helper === undefined) return toCredentials(findEntry(known.auths, authKey), authKey);
  const stored = await askCredentialHelper(helper, authKey, {
    env,
    ...(helperTimeoutMs !== undefined && { timeoutMs: helperTimeoutMs }),
  });
  if (stored === undefined) return undefined;
  return stored.username === '<token>'
    ? { identitytoken: stored.secret, serveraddress: authKey }
    : { username: stored.username, password: stored.secret, serveraddress: authKey };
}

/** An invalid variable counts as unset, as with docker. */
function readEnvAuths(env: NonNullable<Sources['env']>): Readonly<Record<string, AuthEntry>> {
  try {
    return parseDockerConfig(env.DOCKER_AUTH_CONFIG ?? '', 'DOCKER_AUTH_CONFIG').auths;
  } catch {
    return {};
  }
}

function findEntry(auths: Readonly<Record<string, AuthEntry>>, authKey: string) {
  // Old files have URLs as keys.
  const legacy = () => Object.keys(auths).find((key) => toHostname(key) === authKey);
  return entryOf(auths, authKey) ?? entryOf(auths, legacy() ?? '');
}

function entryOf<Value>(map: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}

/** `https://registry:5000/v2/` is `registry:5000`. */
function toHostname(key: string): string {
  return key.replace(/^[a-z]+:\/\//, '').split('/')[0] ?? '';
}

function toCredentials(entry: AuthEntry | undefined, serveraddress: string) {
  if (entry === undefined) return undefined;
  if (entry.identitytoken !== undefined)
    return { identitytoken: entry.identitytoken, serveraddress };
  if (entry.auth !== undefined) return { ...decodeAuth(entry.auth, serveraddress), serveraddress };
  const { username, password } = entry;
  if (username === undefined || password === undefined) return undefined;
  return { username, password, serveraddress };
}

function decodeAuth(auth: string, registry: string) {
  const decoded = Buffer.from(auth, 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  if (colon < 1) {
    throw new PortplanError(
      'invalid-input',
      `the credentials of ${registry} in docker's config.json are damaged`,
      {
        reason: 'damaged-credentials',
        hint: `docker login ${registry}`,
      },
    );
  }
  // Docker pads the password with NUL in some old files.
  const password = decoded.slice(colon + 1).replaceAll(/^\0+|\0+$/g, '');
  return { username: decoded.slice(0, colon), password };
}
