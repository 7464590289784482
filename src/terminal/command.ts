import type { FlagGroups } from '../model/flags/flag.ts';
import type { AnyValues, Values } from './flags.ts';
import type { HelpText } from './help.ts';
import type { Io } from './io.ts';

/** A command of the program: its help, its flags, and its function. */
export interface Command extends HelpText {
  readonly name: string;
  /** Its positional arguments as yargs reads them: `[target...]`. */
  readonly positionals: string;
  readonly flags: FlagGroups;
  /** Arguments after `--` belong to another program and are no positionals. */
  readonly passesThrough?: true;
  /** Runs the command; returns the exit code. `passthrough`: the arguments after `--`, if it passes them through. */
  run(
    positionals: readonly string[],
    values: AnyValues,
    io: Io,
    passthrough: readonly string[],
  ): Promise<number>;
}

/** A command whose function reads its flags by name and kind. */
interface TypedCommand<Groups extends FlagGroups> extends Omit<Command, 'flags' | 'run'> {
  readonly flags: Groups;
  run(
    positionals: readonly string[],
    values: Values<Groups>,
    io: Io,
    passthrough: readonly string[],
  ): Promise<number>;
}

/** Returns the command; a flag name that its table does not have does not compile. */
export function defineCommand<const Groups extends FlagGroups>(
  command: TypedCommand<Groups>,
): Command {
  return command;
}
