import type { Flag } from '../model/flags/flag.ts';
import { missingValue, unknownFlag } from '../model/flags/unknown-flag.ts';

/** Stands for a positional `-` (stdin), which yargs drops. */
export const stdinWord = '\u0000stdin';

/**
 * Returns arguments with one flag per word, as yargs reads them alike: `-qp8080:80` becomes `-q --publish=8080:80`.
 * Arguments after `--` stay as they are. Checks names and missing values here, because yargs would report the letters
 * of `-p8080:80` one by one and has no suggestions for flags.
 * @throws PortplanError `invalid-usage` for an unknown flag or a missing value
 */
export function normalizeFlags(
  args: readonly string[],
  flags: readonly Flag[],
  command: string,
): readonly string[] {
  const hint = `run portplan help ${command}`;
  const normalized: string[] = [];
  for (let index = 0; index < args.length; index += 1) {
    const word = args[index] ?? '';
    if (word === '--') return [...normalized, ...args.slice(index)];
    if (!word.startsWith('-') || word === '-') {
      normalized.push(word === '-' ? stdinWord : word);
      continue;
    }
    const { words, needsValue } = word.startsWith('--')
      ? readLong(word, flags, hint)
      : readShort(word, flags, hint);
    normalized.push(...words);
    if (needsValue === undefined) continue;
    const value = args[index + 1];
    if (value === undefined || isFlag(value)) throw missingValue(words.at(-1) ?? word, needsValue);
    normalized.push(value);
    index += 1;
  }
  return normalized;
}

interface NormalizedFlag {
  readonly words: readonly string[];
  /** The flag, if its value is the next argument. */
  readonly needsValue?: Flag | undefined;
}

function readLong(word: string, flags: readonly Flag[], hint: string): NormalizedFlag {
  const [written = word] = word.split('=', 1);
  const flag = flags.find(({ name }) => `--${name}` === written);
  if (flag === undefined) throw unknownFlag(written, flags, { hint });
  if (flag.kind === 'boolean') return { words: [word] };
  if (word === `${written}=`) throw missingValue(written, flag);
  return word.includes('=') ? { words: [word] } : { words: [word], needsValue: flag };
}

function readShort(word: string, flags: readonly Flag[], hint: string): NormalizedFlag {
  const words: string[] = [];
  for (let index = 1; index < word.length; index += 1) {
    const flag = flags.find(({ short }) => short === word[index]);
    if (flag === undefined) throw unknownFlag(word.split('=', 1)[0] ?? word, flags, { hint });
    const rest = word.slice(index + 1);
    if (flag.kind === 'boolean') {
      words.push(`-${flag.short}`);
      continue;
    }
    if (rest === '') return { words: [...words, `-${flag.short}`], needsValue: flag };
    return { words: [...words, `--${flag.name}=${rest.replace(/^=(?=.)/, '')}`] };
  }
  return { words };
}

/** Whether an argument is a flag and no value; `-1` and `-` are values. */
function isFlag(word: string): boolean {
  return /^-[^\d]/.test(word);
}
