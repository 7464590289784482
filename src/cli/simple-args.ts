import type { Command } from '../terminal/command.ts';
import type { Flag } from '../terminal/flags.ts';
import { commands } from './commands.ts';

/** A command line that was read. */
export interface SimpleCommand {
  readonly kind: 'command';
  readonly command: Command;
  readonly positionals: readonly string[];
  /** Words behind `--` are not recognised. */
  readonly passthrough: readonly [];
  readonly parsedFlags: Readonly<Record<string, unknown>>;
}

/**
 * Reads a plain command line, `check --static -f a.yaml`, as yargs would, or gives it up: yargs takes 40 ms to load and
 * run, which is as long as all of a check. Known are the name of a command in front, its flags in full or by letter, each
 * value in a word of its own or behind `=`, and words; nothing else, and no mistakes. A property test holds the two equal.
 */
export function parseSimpleArgs([name, ...words]: readonly string[]): SimpleCommand | undefined {
  const command = commands.find((candidate) => candidate.name === name);
  if (command === undefined) return undefined;
  const parsedFlags: Record<string, string | true | readonly string[]> = {};
  const positionals: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (!word.startsWith('-')) {
      if (positionals.length === maxPositionals(command) || !isPlain(word)) return undefined;
      positionals.push(word);
      continue;
    }
    const found = findFlag(word, command);
    if (found === undefined) return undefined;
    const { flag, flagName } = found;
    if (flag.kind === 'boolean') {
      const isRepeated = parsedFlags[flagName] !== undefined;
      if (isRepeated || found.value !== undefined || isTruth(words[at + 1])) return undefined;
      parsedFlags[flagName] = true;
      continue;
    }
    if (found.value === undefined) at += 1;
    const value = found.value ?? words[at] ?? '';
    const known = parsedFlags[flagName];
    if (!isPlain(value) || (known !== undefined && flag.kind !== 'list')) return undefined;
    parsedFlags[flagName] = [...(Array.isArray(known) ? known : []), value];
  }
  return { kind: 'command', command, positionals, passthrough: [], parsedFlags };
}

function maxPositionals({ operands }: Command): number {
  return operands.includes('...')
    ? Number.POSITIVE_INFINITY
    : (operands.match(/\w+/g)?.length ?? 0);
}

interface FoundFlag {
  readonly flagName: string;
  readonly flag: Flag;
  /** What stands behind `=`. */
  readonly value: string | undefined;
}

function findFlag(word: string, { flags }: Command): FoundFlag | undefined {
  const [, long, value] = /^--([a-z-]+)(?:=(.*))?$/s.exec(word) ?? [];
  const [, letter] = /^-([a-z])$/.exec(word) ?? [];
  const found = Object.entries(flags).find(
    ([name, { alias }]) => name === long || (letter !== undefined && alias === letter),
  );
  return found && { flagName: found[0], flag: found[1], value };
}

/** Whether yargs takes the word as it is: not empty, no flag, nothing that it would unquote. */
function isPlain(word: string): boolean {
  return /^[\w./:,@%+~[\]*][\w./:,@%+~[\]*=-]*$/.test(word);
}

/** A word that yargs takes for the value of a boolean flag. */
function isTruth(word: string | undefined): boolean {
  return word === 'true' || word === 'false';
}
