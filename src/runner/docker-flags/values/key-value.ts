import { invalidFlag } from '../flag-error.ts';
import type { FlagName } from '../flag-table.ts';

/** Splits `key=value` at the first `=`; the value is `undefined` without one. */
export function splitKeyValue(text: string): readonly [key: string, value: string | undefined] {
  const separator = text.indexOf('=');
  return separator < 0 ? [text, undefined] : [text.slice(0, separator), text.slice(separator + 1)];
}

/** Returns the values of a list flag as a map. A key without `=` gets the empty value; the last duplicate wins. */
export function toMap(list: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    list.map((text) => [splitKeyValue(text)[0], splitKeyValue(text)[1] ?? '']),
  );
}

/**
 * Like {@link toMap}, for flags whose values must all be `key=value`.
 * @throws PortplanError `invalid-usage`
 */
export function toStrictMap(
  flag: FlagName,
  list: readonly string[],
): Readonly<Record<string, string>> {
  for (const text of list) {
    const [key, value] = splitKeyValue(text);
    if (key === '' || value === undefined) throw invalidFlag(flag, text, 'expected KEY=VALUE');
  }
  return toMap(list);
}
