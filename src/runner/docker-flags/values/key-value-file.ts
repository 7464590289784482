import { PortplanError } from '../../../errors.ts';
import { splitKeyValue } from './key-value.ts';

/**
 * Returns the `KEY=VALUE` lines of a file of `--env-file` or `--label-file` (docker/cli: pkg/kvfile). Skips leading blanks,
 * empty lines and lines that begin with `#`. All other characters, quotes and trailing blanks too, belong to the value. A
 * key without `=` gets the value of `lookup`, and is dropped when that is `undefined`.
 * @throws PortplanError `invalid-input` with the location of a line without a key, or with a blank in its key
 */
export function parseKeyValueFile(
  text: string,
  file: string,
  lookup: (key: string) => string | undefined = () => undefined,
): readonly string[] {
  return text.split('\n').flatMap((raw, index) => {
    const line = raw.replace(/\r$/, '').trimStart();
    if (line === '' || line.startsWith('#')) return [];
    const [key, value = lookup(key)] = splitKeyValue(line);
    if (key === '') throw invalidLine(file, index, 'the name before "=" is missing');
    if (/[ \t]/.test(key)) throw invalidLine(file, index, 'the name contains a blank');
    return value === undefined ? [] : [`${key}=${value}`];
  });
}

function invalidLine(file: string, index: number, reason: string): PortplanError {
  return new PortplanError('invalid-input', `${file}:${index + 1}: ${reason}`, {
    hint: 'expected NAME=VALUE, NAME or # comment, without quotes: they would be part of the value',
    location: { file, line: index + 1, column: 1 },
  });
}
