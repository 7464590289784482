import { join } from 'node:path';
import { messageOf, PortplanError, systemCodeOf } from '../../errors.ts';
import { userHome } from '../../user-home.ts';
import { readConfigFile } from './config-file.ts';

/** The settings of docker's config.json that portplan uses. */
export interface DockerConfig {
  readonly currentContext?: string | undefined;
  /** Credentials by registry. */
  readonly auths: Readonly<Record<string, AuthEntry>>;
  /** The suffix of the credential helper for all registries: `desktop`, `pass`, … */
  readonly credsStore?: string | undefined;
  /** The suffixes of credential helpers, by registry. */
  readonly credHelpers: Readonly<Record<string, string>>;
  /** Proxy settings by engine address; `default` for all others. */
  readonly proxies: Readonly<Record<string, ProxySettings>>;
  readonly detachKeys?: string | undefined;
  /** Why an existing file could not be read. Docker also warns and continues without it. */
  readonly problem?: string | undefined;
}

/** The credentials for one registry. Secret: never print them. */
export interface AuthEntry {
  /** base64 of `user:password`. */
  readonly auth?: string | undefined;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly identitytoken?: string | undefined;
}

/** The proxies that docker passes to containers. */
export interface ProxySettings {
  readonly httpProxy?: string | undefined;
  readonly httpsProxy?: string | undefined;
  readonly ftpProxy?: string | undefined;
  readonly noProxy?: string | undefined;
  readonly allProxy?: string | undefined;
}

type Env = Readonly<Record<string, string | undefined>>;

/** Returns docker's configuration folder: DOCKER_CONFIG, or `.docker` in the home folder. */
export function dockerConfigFolder(env: Env = process.env, home = userHome()): string {
  return env.DOCKER_CONFIG || join(home, '.docker');
}

/** Reads config.json in docker's folder. Returns an empty config if it is missing or broken (`problem` says why). */
export async function readDockerConfig(folder: string): Promise<DockerConfig> {
  const file = join(folder, 'config.json');
  try {
    return parseDockerConfig(await readConfigFile(file, { maxBytes: 4 * 1024 * 1024 }), file);
  } catch (error) {
    const isMissing = systemCodeOf(error) === 'ENOENT' || systemCodeOf(error) === 'ENOTDIR';
    return { ...emptyConfig, ...(!isMissing && { problem: messageOf(error) }) };
  }
}

const emptyConfig: DockerConfig = { auths: {}, credHelpers: {}, proxies: {} };

/**
 * Parses the text of config.json. Fields of the wrong type count as absent. `file` is its path, for messages.
 * @throws PortplanError `invalid-input` if the text is not a JSON object; the message never quotes it: it has secrets
 */
export function parseDockerConfig(text: string, file: string): DockerConfig {
  const json = text.trim() === '' ? {} : parseObject(text, file);
  return {
    currentContext: textOf(json.currentContext),
    auths: mapOf(json.auths, toAuthEntry),
    credsStore: textOf(json.credsStore),
    credHelpers: mapOf(json.credHelpers, textOf),
    proxies: mapOf(json.proxies, toProxySettings),
    detachKeys: textOf(json.detachKeys),
  };
}

type JsonObject = Readonly<Record<string, unknown>>;

function parseObject(text: string, file: string): JsonObject {
  try {
    const json: unknown = JSON.parse(text);
    if (isObject(json)) return json;
  } catch {
    // The parser's message quotes the text.
  }
  throw new PortplanError('invalid-input', `${file} is not a JSON object`, {
    hint: 'repair or remove the file: docker cannot read it either',
  });
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function mapOf<Value>(
  value: unknown,
  convert: (value: unknown) => Value | undefined,
): Readonly<Record<string, Value>> {
  const entries = isObject(value) ? Object.entries(value) : [];
  return Object.fromEntries(
    entries.flatMap(([key, entry]) => {
      const converted = convert(entry);
      return converted === undefined ? [] : [[key, converted]];
    }),
  );
}

function toAuthEntry(value: unknown): AuthEntry | undefined {
  if (!isObject(value)) return undefined;
  return {
    auth: textOf(value.auth),
    username: textOf(value.username),
    password: textOf(value.password),
    identitytoken: textOf(value.identitytoken),
  };
}

function toProxySettings(value: unknown): ProxySettings | undefined {
  if (!isObject(value)) return undefined;
  return {
    httpProxy: textOf(value.httpProxy),
    httpsProxy: textOf(value.httpsProxy),
    ftpProxy: textOf(value.ftpProxy),
    noProxy: textOf(value.noProxy),
    allProxy: textOf(value.allProxy),
  };
}
