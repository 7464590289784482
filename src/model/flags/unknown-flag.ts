import { PortplanError } from '../../errors.ts';
import { findNearest } from '../text/did-you-mean.ts';
import type { Flag } from './flag.ts';

/**
 * Returns the error for a flag that a command does not have, with the flag that was probably meant, else with `hint`.
 * @param written The flag with its dashes: `--statik`, `-x`
 */
export function unknownFlag(
  written: string,
  flags: readonly Flag[],
  { hint }: { readonly hint: string },
): PortplanError {
  const meant = nearestFlag(written, flags);
  return new PortplanError('invalid-usage', `unknown flag ${written}`, {
    hint: meant === undefined ? hint : `did you mean ${meant}?`,
  });
}

function nearestFlag(written: string, flags: readonly Flag[]): string | undefined {
  const name = written.replace(/^-+/, '');
  if (written.startsWith('-') && !written.startsWith('--'))
    return flags.some((flag) => flag.name === name) ? `--${name}` : undefined;
  // Many programs have --json where portplan has --format json.
  const format = flags.find((flag) => flag.name === 'format');
  if (format?.choices?.includes(name)) return `--format ${name}`;
  const nearest = findNearest(
    name,
    flags.filter(({ hidden }) => !hidden).map((flag) => flag.name),
  );
  return nearest === undefined ? undefined : `--${nearest}`;
}

/** Returns the error for a flag at the end of the arguments, or before another flag, that requires a value. */
export function missingValue(
  written: string,
  { choices, value = 'VALUE' }: Pick<Flag, 'choices' | 'value'>,
): PortplanError {
  const example = choices?.join('|') ?? value;
  return new PortplanError('invalid-usage', `${written} requires a value`, {
    hint: `write ${written}${written.startsWith('--') ? '=' : ' '}${example}`,
  });
}
