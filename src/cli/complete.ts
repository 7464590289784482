import { allFlags } from '../runner/docker-flags/flag-table.ts';
import { commands } from './commands.ts';
import { shells } from './completion-script.ts';
import { splitCommand } from './split-command.ts';

/** What can be said after a flag. */
interface KnownFlag {
  readonly name: string;
  readonly choices: readonly string[];
}

/** The words that could stand for the last of these, which is not finished yet, for the completion of a shell. */
export function completeArguments(words: readonly string[]): readonly string[] {
  const current = words.at(-1) ?? '';
  const { command } = splitCommand(words.slice(0, -1));
  return candidates(command, words.at(-2), current).filter((word) => word.startsWith(current));
}

function candidates(
  command: string | undefined,
  previous: string | undefined,
  current: string,
): readonly string[] {
  if (command === undefined) return [...commands.map(({ name }) => name), 'run', 'completion'];
  if (command === 'completion') return shells;
  const flags = flagsOf(command);
  const choices = flags.find(({ name }) => `--${name}` === previous)?.choices ?? [];
  if (choices.length > 0) return choices;
  return current.startsWith('-') ? [...flags.map(({ name }) => `--${name}`), '--help'] : [];
}

function flagsOf(command: string): readonly KnownFlag[] {
  if (command === 'run') {
    return allFlags
      .filter(({ name }) => name !== 'help')
      .map(({ name, choices = [] }) => ({ name, choices }));
  }
  const flags = commands.find(({ name }) => name === command)?.flags ?? {};
  const shown = Object.entries(flags).filter(([, { hidden }]) => !hidden);
  return shown.map(([name, { choices = [] }]) => ({ name, choices }));
}
