import type { ProxySettings } from '../../../engine/connect/docker-config.ts';
import { invalidFlag } from '../flag-error.ts';
import type { FlagValues } from '../flag-values.ts';
import { type RunEnvironment, readFlagFile } from '../run-environment.ts';
import { splitKeyValue } from './key-value.ts';
import { parseKeyValueFile } from './key-value-file.ts';

/**
 * Returns the variables of `--env-file`, then those of `-e`, which override them. `-e NAME` takes the value of this
 * environment. A variable that is unset here stays a bare name, with which the engine unsets the image's value
 * (docker/cli: opts/env.go).
 * @throws PortplanError `invalid-usage` for a variable without a name, `invalid-input` for an invalid file
 */
export async function readVariables(
  flags: FlagValues,
  environment: RunEnvironment,
): Promise<readonly string[]> {
  const fromFlags = flags.list('env').map((text) => toVariable(text, environment.env));
  const files = flags.list('env-file').map(async (file) => {
    const text = await readFlagFile('env-file', file, environment);
    return parseKeyValueFile(text, file, (key) => environment.env[key]);
  });
  return [
    ...(await Promise.all(files)).flat(),
    ...fromFlags,
    ...proxyVariables(environment.proxies, fromFlags),
  ];
}

function toVariable(text: string, env: RunEnvironment['env']): string {
  const [name, value = env[name]] = splitKeyValue(text);
  if (name === '')
    throw invalidFlag('env', text, 'the name is missing', 'expected NAME=VALUE or NAME');
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
 * Returns the proxy variables, in upper and lower case, that docker sets from config.json, except those set with `-e`
 * (docker/cli: configfile.ParseProxyConfig).
 */
export function proxyVariables(
  settings: ProxySettings | undefined,
  fromFlags: readonly string[],
): readonly string[] {
  const names = fromFlags.map((text) => splitKeyValue(text)[0]);
  return Object.entries(variables).flatMap(([key, name]) => {
    const value = settings?.[key as keyof ProxySettings];
    if (value === undefined || value === '') return [];
    return [name, name.toLowerCase()]
      .filter((variable) => !names.includes(variable))
      .map((variable) => `${variable}=${value}`);
  });
}
