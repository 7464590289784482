import { PortplanError } from '../../../errors.ts';
import { splitKeyValue } from './key-value.ts';

/**
 * The `KEY=VALUE` lines of a file of `--env-file` or `--label-file` (docker/cli: pkg/kvfile). Blanks before a line,
 * empty lines and lines that begin with `#` do not count; quotes, blanks at the end and everything else is part of the
 * value. A key without `=` gets the value of `lookup`, and is left out where that has none.
 * @throws PortplanError `invalid-input` with the place of a line without a key, or with a blank in its key.
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
    if (key === '') throw fault(file, index, 'a line has no name before the "="');
    if (/[ \t]/.test(key)) throw fault(file, index, 'a name has a blank in it');
    return value === undefined ? [] : [`${key}=${value}`];
  });
}

function fault(file: string, index: number, why: string): PortplanError {
  return new PortplanError('invalid-input', `${file}:${index + 1}: ${why}`, {
    hint: 'expected NAME=VALUE, NAME or # comment; quotes are not needed and would be part of the value',
    location: { file, line: index + 1, column: 1 },
  });
}
