import { type Flag, listFlags } from '../model/flags/flag.ts';
import { commands } from './commands.ts';
import type { ParsedCommand } from './yargs.ts';

/**
 * Parses a plain command line (`check --static -f a.yaml`) as yargs would, or returns `undefined`: loading and running
 * yargs takes 40 ms, as long as all of a check. Supports the command in front, full or one-letter flags, each value as
 * its own argument or after `=`, and plain positionals; no mistakes. A property test compares both parsers.
 */
export function parseSimpleArgs([name, ...args]: readonly string[]): ParsedCommand | undefined {
  const command = commands.find((candidate) => candidate.name === name);
  if (command === undefined) return undefined;
  const flags = listFlags(command.flags);
  const parsedFlags: Record<string, string | true | readonly string[]> = {};
  const positionals: string[] = [];
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at] ?? '';
    if (word === '-' || !word.startsWith('-')) {
      if (positionals.length === maxPositionals(command) || !(word === '-' || isPlain(word)))
        return undefined;
      positionals.push(word);
      continue;
    }
    const found = findFlag(word, flags);
    if (found === undefined) return undefined;
    const { flag } = found;
    const flagName = flag.name;
    if (flag.kind === 'boolean') {
      const isRepeated = parsedFlags[flagName] !== undefined;
      if (isRepeated || found.value !== undefined || isTruth(args[at + 1])) return undefined;
      parsedFlags[flagName] = true;
      continue;
    }
    if (found.value === undefined) at += 1;
    const value = found.value ?? args[at] ?? '';
    const known = parsedFlags[flagName];
    if (!isPlain(value) || (known !== undefined && flag.kind !== 'list')) return undefined;
    parsedFlags[flagName] = [...(Array.isArray(known) ? known : []), value];
  }
  return { command, positionals, passthrough: [], parsedFlags };
}

function maxPositionals({ positionals }: ParsedCommand['command']): number {
  return positionals.includes('...')
    ? Number.POSITIVE_INFINITY
    : (positionals.match(/\w+/g)?.length ?? 0);
}

interface FoundFlag {
  readonly flag: Flag;
  /** Text after `=`. */
  readonly value: string | undefined;
}

function findFlag(word: string, flags: readonly Flag[]): FoundFlag | undefined {
  const [, long, value] = /^--([a-z-]+)(?:=(.*))?$/s.exec(word) ?? [];
  const [, letter] = /^-([a-z])$/.exec(word) ?? [];
  const flag = flags.find(
    ({ name, short }) => name === long || (letter !== undefined && short === letter),
  );
  return flag && { flag, value };
}

/** Whether yargs leaves the argument unchanged: not empty, no flag, no quotes to strip. */
function isPlain(word: string): boolean {
  return /^[\w./:,@%+~[\]*][\w./:,@%+~[\]*=-]*$/.test(word);
}

/** Whether yargs reads the argument as the value of a boolean flag. */
function isTruth(word: string | undefined): boolean {
  return word === 'true' || word === 'false';
}
