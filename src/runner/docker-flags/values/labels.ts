import { invalidFlag } from '../flag-error.ts';
import type { FlagValues } from '../flag-values.ts';
import { type RunEnvironment, readFlagFile } from '../run-environment.ts';
import { splitKeyValue, toMap } from './key-value.ts';
import { parseKeyValueFile } from './key-value-file.ts';

/**
 * Returns the labels of `--label-file`, then those of `-l`, which override them (docker/cli: opts.ValidateLabel).
 * @throws PortplanError `invalid-usage` for a label without a key or with a blank in it, `invalid-input` for a file
 */
export async function readLabels(
  flags: FlagValues,
  environment: RunEnvironment,
): Promise<Readonly<Record<string, string>>> {
  const fromFlags = flags.list('label').map(checkLabel);
  const files = flags.list('label-file').map(async (file) => {
    return parseKeyValueFile(await readFlagFile('label-file', file, environment), file);
  });
  return toMap([...(await Promise.all(files)).flat(), ...fromFlags]);
}

function checkLabel(text: string): string {
  const key = splitKeyValue(text)[0].trimStart();
  if (key === '')
    throw invalidFlag('label', text, 'the key is missing', 'expected KEY=VALUE or KEY');
  if (/[ \t]/.test(key)) throw invalidFlag('label', text, 'the key contains a blank');
  return text;
}
