import { type Flag, listFlags } from '../model/flags/flag.ts';
import { allFlags } from '../runner/docker-flags/flag-table.ts';
import { commands } from './commands.ts';
import { shells } from './completion-script.ts';
import { commandNames } from './help.ts';
import { splitCommand } from './split-command.ts';

/** Returns the completions of the last argument, which may be empty or incomplete. */
export function completeArguments(args: readonly string[]): readonly string[] {
  const current = args.at(-1) ?? '';
  const { command } = splitCommand(args.slice(0, -1));
  return candidates(command, args.at(-2), current).filter((word) => word.startsWith(current));
}

function candidates(
  command: string | undefined,
  previous: string | undefined,
  current: string,
): readonly string[] {
  if (command === undefined || command === 'help') return commandNames;
  if (command === 'completion') return shells;
  const flags = flagsOf(command);
  const choices = flags.find(({ name }) => `--${name}` === previous)?.choices ?? [];
  if (choices.length > 0) return choices;
  return current.startsWith('-') ? [...flags.map(({ name }) => `--${name}`), '--help'] : [];
}

function flagsOf(command: string): readonly Flag[] {
  if (command === 'run') return allFlags.filter(({ name }) => name !== 'help');
  const { flags = {} } = commands.find(({ name }) => name === command) ?? {};
  return listFlags(flags).filter(({ hidden }) => !hidden);
}
