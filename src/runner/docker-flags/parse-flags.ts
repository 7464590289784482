import { missingValue, unknownFlag } from '../../model/flags/unknown-flag.ts';
import { invalidFlag } from './flag-error.ts';
import { allFlags, type DockerFlag, flagAliases } from './flag-table.ts';
import { type FlagValues, toFlagValues } from './flag-values.ts';

/** A command line, split where its flags end. */
export interface ParsedFlags {
  readonly flags: FlagValues;
  /** The arguments from the first one that is not a flag: image, command and its arguments. */
  readonly positionals: readonly string[];
}

/**
 * Parses flags as docker does (spf13/pflag without interspersed arguments): `--name=value`, `--name value`, `-nvalue`,
 * `-n value`, `-n=value`, and one-letter booleans joined, as in `-itp 80:80`. `--` ends the flags, and so does the
 * first argument that is not a flag; `-` alone is not one.
 * @throws PortplanError `invalid-usage` for an unknown flag, a missing value, or a value outside the flag's choices.
 */
export function parseFlags(args: readonly string[]): ParsedFlags {
  const values = new Map<string, string[]>();
  let rest = args;
  for (let [word] = rest; word !== undefined; [word] = rest) {
    if (word === '--') return { flags: toFlagValues(values), positionals: rest.slice(1) };
    if (!word.startsWith('-') || word === '-') break;
    const read = word.startsWith('--') ? readLong : readShort;
    rest = read(word, rest.slice(1), (flag, value) => {
      checkChoice(flag, value);
      values.set(flag.name, [...(values.get(flag.name) ?? []), value]);
    });
  }
  return { flags: toFlagValues(values), positionals: rest };
}

type Store = (flag: DockerFlag, value: string) => void;

const byName: ReadonlyMap<string, DockerFlag> = new Map(allFlags.map((flag) => [flag.name, flag]));
const byLetter = new Map(allFlags.map((flag) => [flag.short, flag]));

/** Both readers return the remaining arguments. */
function readLong(word: string, next: readonly string[], store: Store): readonly string[] {
  const separator = word.indexOf('=');
  const name = word.slice(2, separator < 0 ? undefined : separator);
  const flag = findLong(name);
  if (flag === undefined) throw unknown(`--${name}`);
  if (separator >= 0) return storeAndKeep(flag, word.slice(separator + 1), next, store);
  return readValue(flag, word, next, store);
}

function findLong(name: string): DockerFlag | undefined {
  return byName.get(Object.hasOwn(flagAliases, name) ? (flagAliases[name] ?? name) : name);
}

function readShort(word: string, next: readonly string[], store: Store): readonly string[] {
  for (let index = 1; index < word.length; index += 1) {
    const letter = word.charAt(index);
    const flag = byLetter.get(letter);
    if (flag === undefined) throw unknownShort(letter, word);
    const tail = word.slice(index + 1);
    // `-e=` alone is the value `=`: pflag takes a `=` away only when something follows it.
    if (tail.length > 1 && tail.startsWith('='))
      return storeAndKeep(flag, tail.slice(1), next, store);
    if (flag.kind === 'boolean') store(flag, 'true');
    else if (tail !== '') return storeAndKeep(flag, tail, next, store);
    else return readValue(flag, `-${letter}`, next, store);
  }
  return next;
}

function readValue(flag: DockerFlag, word: string, next: readonly string[], store: Store) {
  if (flag.kind === 'boolean') return storeAndKeep(flag, 'true', next, store);
  const [value] = next;
  if (value !== undefined) return storeAndKeep(flag, value, next.slice(1), store);
  throw missingValue(word, flag);
}

function storeAndKeep(flag: DockerFlag, value: string, next: readonly string[], store: Store) {
  store(flag, value);
  return next;
}

function checkChoice({ name, choices }: DockerFlag, value: string) {
  if (choices === undefined || choices.includes(value)) return;
  throw invalidFlag(name, value, 'not one of its values', `expected ${choices.join(', ')}`);
}

function unknownShort(letter: string, word: string) {
  // `-name web` lacks a dash.
  const isLong = byName.has(word.slice(1));
  return unknown(word.length === 2 || isLong ? word : `-${letter} (in ${word})`);
}

function unknown(written: string) {
  return unknownFlag(written, allFlags, {
    hint: 'for other flags of docker: docker run $(portplan plan IMAGE --format flags) … IMAGE',
  });
}
