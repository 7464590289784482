import { invalidFlag } from '../flag-error.ts';
import type { FlagValues } from '../flag-values.ts';
import { type RunEnvironment, readFlagFile } from '../run-environment.ts';
import { splitKeyValue, toMap } from './key-value.ts';
import { parseKeyValueFile } from './key-value-file.ts';

/**
 * The labels of `--label-file` and then, to win over them, those of `-l` (docker/cli: opts.ValidateLabel).
 * @throws PortplanError `invalid-usage` for a label without a key or with a blank in it, `invalid-input` for a file.
 */
export async function readLabels(
  flags: FlagValues,
  from: RunEnvironment,
): Promise<Readonly<Record<string, string>>> {
  const given = flags.list('label').map(checkLabel);
  const files = flags.list('label-file').map(async (file) => {
    return parseKeyValueFile(await readFlagFile('label-file', file, from), file);
  });
  return toMap([...(await Promise.all(files)).flat(), ...given]);
}

function checkLabel(text: string): string {
  const key = splitKeyValue(text)[0].trimStart();
  if (key === '') throw invalidFlag('label', text, 'it has no key', 'expected KEY=VALUE or KEY');
  if (/[ \t]/.test(key)) throw invalidFlag('label', text, 'its key has a blank in it');
  return text;
}
