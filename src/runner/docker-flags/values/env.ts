import type { ProxySettings } from '../../../engine/connect/docker-config.ts';
import { invalidFlag } from '../flag-error.ts';
import type { FlagValues } from '../flag-values.ts';
import { type RunEnvironment, readFlagFile } from '../run-environment.ts';
import { splitKeyValue } from './key-value.ts';
import { parseKeyValueFile } from './key-value-file.ts';

/**
 * The variables of `--env-file` and then, to win over them, those of `-e`. `-e NAME` takes the value from here; unset
 * here, it stays a bare name, by which the engine unsets what the image sets (docker/cli: opts/env.go).
 * @throws PortplanError `invalid-usage` for a variable without a name, `invalid-input` for a broken file.
 */
export async function readVariables(
  flags: FlagValues,
  from: RunEnvironment,
): Promise<readonly string[]> {
  const given = flags.list('env').map((text) => toVariable(text, from.env));
  const files = flags.list('env-file').map(async (file) => {
    const text = await readFlagFile('env-file', file, from);
    return parseKeyValueFile(text, file, (key) => from.env[key]);
  });
  return [...(await Promise.all(files)).flat(), ...given, ...proxyVariables(from.proxies, given)];
}

function toVariable(text: string, env: RunEnvironment['env']): string {
  const [name, value = env[name]] = splitKeyValue(text);
  if (name === '') throw invalidFlag('env', text, 'it has no name', 'expected NAME=VALUE or NAME');
  return value === undefined ? name : `${name}=${value}`;
}

const variables = {
  httpProxy: 'HTTP_PROXY',
  httpsProxy: 'HTTPS_PROXY',
  ftpProxy: 'FTP_PROXY',
  noProxy: 'NO_PROXY',
  allProxy: 'ALL_PROXY',
} as const satisfies Record<keyof ProxySettings, string>;

/**
 * The variables, in both letter cases, that docker sets in a container for the proxies of config.json, but for those
 * that `-e` names (docker/cli: configfile.ParseProxyConfig).
 */
export function proxyVariables(
  settings: ProxySettings | undefined,
  given: readonly string[],
): readonly string[] {
  const names = given.map((text) => splitKeyValue(text)[0]);
  return Object.entries(variables).flatMap(([key, name]) => {
    const value = settings?.[key as keyof ProxySettings];
    if (value === undefined || value === '') return [];
    return [name, name.toLowerCase()]
      .filter((one) => !names.includes(one))
      .map((one) => `${one}=${value}`);
  });
}
