import type { Argv } from 'yargs';
import { PortplanError } from '../errors.ts';
import { type Flag, listFlags } from '../model/flags/flag.ts';
import type { Command } from '../terminal/command.ts';
import { commands } from './commands.ts';
import { unknownCommand } from './help.ts';
import { normalizeFlags, stdinWord } from './normalize-flags.ts';
import { splitCommand } from './split-command.ts';

/** A parsed command line. */
export interface ParsedCommand {
  readonly command: Command;
  readonly positionals: readonly string[];
  /** Arguments after `--`, for a command that passes them through. */
  readonly passthrough: readonly string[];
  /** Values by flag name: texts, lists of texts, `true`. */
  readonly parsedFlags: Readonly<Record<string, unknown>>;
}

/**
 * Parses the arguments of a command. Help and version are handled before.
 * @throws PortplanError `invalid-usage`
 */
export async function parseArguments(args: readonly string[]): Promise<ParsedCommand> {
  const { command: name, before, after } = splitCommand(args);
  if (name === undefined)
    throw new PortplanError('invalid-usage', 'missing command', { hint: 'run portplan help' });
  const command = commands.find((candidate) => candidate.name === name);
  if (command === undefined) throw unknownCommand(name);
  const words = normalizeFlags([...before, ...after], listFlags(command.flags), name);
  const parser = await createParser(command);
  const argv: Readonly<Record<string, unknown>> = await parser.parseAsync([name, ...words]);
  return { command, ...positionalsOf(command, argv), parsedFlags: argv };
}

/** Before and after `--`: yargs does not count the latter as positionals. */
function positionalsOf(
  { name, positionals, passesThrough }: Command,
  argv: Readonly<Record<string, unknown>>,
): Pick<ParsedCommand, 'positionals' | 'passthrough'> {
  const before = positionalNames(positionals).flatMap((word) => toWords(argv[word]));
  const behind = toWords(argv['--']);
  if (passesThrough) return { positionals: before, passthrough: behind };
  if (positionals === '' && behind[0] !== undefined) throw unexpectedArgument(behind[0], name);
  return { positionals: [...before, ...behind], passthrough: [] };
}

/** `[service] [port]`: service, port. */
function positionalNames(positionals: string): readonly string[] {
  return positionals.match(/\w+/g) ?? [];
}

function toWords(value: unknown): readonly string[] {
  if (value === undefined) return [];
  return [value].flat().map((word) => (word === stdinWord ? '-' : String(word)));
}

async function createParser(command: Command): Promise<Argv> {
  const { default: yargs } = await import('yargs');
  return yargs()
    .scriptName('portplan')
    .version(false)
    .help(false)
    .exitProcess(false)
    .strict()
    .parserConfiguration({
      'parse-numbers': false,
      'parse-positional-numbers': false,
      'dot-notation': false,
      'camel-case-expansion': false,
      'boolean-negation': false,
      'populate--': true,
    })
    .fail((message, error) => {
      throw error ?? usageError(message, command.name);
    })
    .command(
      `${command.name} ${command.positionals}`.trim(),
      false,
      (own) => {
        const withFlags = own.options(
          Object.fromEntries(listFlags(command.flags).map((flag) => [flag.name, toOption(flag)])),
        );
        for (const name of positionalNames(command.positionals))
          withFlags.positional(name, {
            type: 'string',
            array: command.positionals.includes(`${name}...`),
          });
        return withFlags;
      },
      () => {},
    );
}

/** Defaults and choices are applied later, together with environment variables. */
function toOption({ kind, short }: Flag) {
  return {
    ...(short && { alias: short }),
    ...(kind === 'boolean'
      ? { type: 'boolean' as const }
      : { type: 'string' as const, requiresArg: true }),
  };
}

function usageError(message: string, command: string): PortplanError {
  const [, argument] = /^Unknown (?:command|argument)s?: ([^,]*)/.exec(message) ?? [];
  return argument === undefined
    ? new PortplanError('invalid-usage', message.replace(/\s+/g, ' '), {
        hint: `run portplan help ${command}`,
      })
    : unexpectedArgument(argument, command);
}

function unexpectedArgument(argument: string, command: string): PortplanError {
  return new PortplanError('invalid-usage', `unexpected argument "${argument}"`, {
    hint: `run portplan help ${command}`,
  });
}
