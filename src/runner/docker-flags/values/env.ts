import { flagFault } from '../flag-error.ts';
import type { FlagValues } from '../flag-values.ts';
import { readFlagFile, type Surroundings } from '../run-environment.ts';
import { splitKeyValue } from './key-value.ts';
import { parseKeyValueFile } from './key-value-file.ts';
import { proxyVariables } from './proxy-variables.ts';

/**
 * The variables of `--env-file` and then, to win over them, those of `-e`. `-e NAME` takes the value from here; unset
 * here, it stays a bare name, by which the engine unsets what the image sets (docker/cli: opts/env.go).
 * @throws PortplanError `invalid-usage` for a variable without a name, `invalid-input` for a broken file.
 */
export async function readVariables(
  flags: FlagValues,
  from: Surroundings,
): Promise<readonly string[]> {
  const given = flags.list('env').map((text) => toVariable(text, from.env));
  const files = flags.list('env-file').map(async (file) => {
    const text = await readFlagFile('env-file', file, from);
    return parseKeyValueFile(text, file, (key) => from.env[key]);
  });
  return [...(await Promise.all(files)).flat(), ...given, ...proxyVariables(from.proxies, given)];
}

function toVariable(text: string, env: Surroundings['env']): string {
  const [name, value = env[name]] = splitKeyValue(text);
  if (name === '') throw flagFault('env', text, 'it has no name', 'expected NAME=VALUE or NAME');
  return value === undefined ? name : `${name}=${value}`;
}
