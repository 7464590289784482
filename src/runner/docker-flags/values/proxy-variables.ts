import type { ProxySettings } from '../../../engine/connect/docker-config.ts';
import { splitKeyValue } from './key-value.ts';

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
