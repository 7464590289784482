import { invalidFlag } from '../flag-error.ts';
import type { FlagName } from '../flag-table.ts';

/** `key=value` in two; no value where the text has no `=`. */
export function splitKeyValue(text: string): readonly [key: string, value: string | undefined] {
  const separator = text.indexOf('=');
  return separator < 0 ? [text, undefined] : [text.slice(0, separator), text.slice(separator + 1)];
}

/** The values of a list flag as a map; a key without `=` gets the empty value, and the last of two equal keys counts. */
export function toMap(list: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    list.map((text) => [splitKeyValue(text)[0], splitKeyValue(text)[1] ?? '']),
  );
}

/**
 * The same for flags that need a `key=value` each.
 * @throws PortplanError `invalid-usage`
 */
export function toStrictMap(
  flag: FlagName,
  list: readonly string[],
): Readonly<Record<string, string>> {
  for (const text of list) {
    const [key, value] = splitKeyValue(text);
    if (key === '' || value === undefined)
      throw invalidFlag(flag, text, 'not of the form KEY=VALUE');
  }
  return toMap(list);
}
