import type { Argv } from 'yargs';
import { PortplanError } from '../errors.ts';
import { findNearest } from '../model/text/did-you-mean.ts';
import type { Command } from '../terminal/command.ts';
import type { Flag, Flags } from '../terminal/flags.ts';
import { version } from '../terminal/version.ts';
import { commands } from './commands.ts';
import { splitCommand } from './split-command.ts';

/** What the command line asks for. */
export type Parsed =
  /** Help or version: a text to print. */
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'command';
      readonly command: Command;
      readonly positionals: readonly string[];
      /** What stands behind `--`, for a command that hands it on. */
      readonly passthrough: readonly string[];
      readonly parsedFlags: Readonly<Record<string, unknown>>;
    };

/** Only names of commands that yargs does not read itself. */
const runSummary = 'docker run on planned ports: pulls, starts, prints the URLs';

/**
 * Reads the command line.
 * @throws PortplanError `invalid-usage`
 */
export async function parseArguments(
  args: readonly string[],
  width: number | undefined,
): Promise<Parsed> {
  checkCommandName(args);
  let found: Command | undefined;
  const parser = await createParser(width, (command) => {
    found = command;
  });
  let text = '';
  const argv: Readonly<Record<string, unknown>> = await parser.parseAsync(
    [...args],
    {},
    (_error: unknown, _argv: unknown, output: string) => {
      text = output;
    },
  );
  if (text !== '') return { kind: 'text', text };
  if (found === undefined) return { kind: 'text', text: await parser.getHelp() };
  return { kind: 'command', command: found, ...operandsOf(found, argv), parsedFlags: argv };
}

/** yargs would ask "Did you mean check?" and nothing more. */
function checkCommandName(args: readonly string[]): void {
  const { command } = splitCommand(args);
  const names = [...commands.map(({ name }) => name), 'run', 'completion'];
  if (command === undefined || names.includes(command)) return;
  const nearest = findNearest(command, names);
  throw new PortplanError('invalid-usage', `there is no command "${command}"`, {
    hint:
      nearest === undefined
        ? `the commands: ${names.join(', ')}`
        : `did you mean portplan ${nearest}?`,
  });
}

/** Before and behind `--`: yargs does not count the latter to a command's own. */
function operandsOf(
  { name, operands, passesThrough }: Command,
  argv: Readonly<Record<string, unknown>>,
): { readonly positionals: readonly string[]; readonly passthrough: readonly string[] } {
  const before = operandNames(operands).flatMap((word) => toWords(argv[word]));
  const behind = toWords(argv['--']);
  if (passesThrough) return { positionals: before, passthrough: behind };
  if (operands === '' && behind[0] !== undefined)
    throw usageError(`${name} takes no "${behind[0]}"`);
  return { positionals: [...before, ...behind], passthrough: [] };
}

/** `[service] [port]`: service, port. */
function operandNames(operands: string): readonly string[] {
  return operands.match(/\w+/g) ?? [];
}

function toWords(value: unknown): readonly string[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value.map(String) : [String(value)];
}

async function createParser(
  width: number | undefined,
  choose: (command: Command) => void,
): Promise<Argv> {
  const { default: yargs } = await import('yargs');
  const parser = yargs()
    .scriptName('portplan')
    .usage(
      '$0: find out who holds a host port, plan free ones, start containers on them\n\nUsage: $0 <command> [flags]',
    )
    .version(version)
    .help()
    .alias('help', 'h')
    .exitProcess(false)
    .strict()
    .demandCommand(1, 'which command?')
    .wrap(Math.min(width ?? 80, 100))
    .parserConfiguration({
      'parse-numbers': false,
      'parse-positional-numbers': false,
      'dot-notation': false,
      'camel-case-expansion': false,
      'boolean-negation': false,
      'populate--': true,
    })
    .fail((message, error) => {
      throw error ?? usageError(message);
    })
    .epilogue('Every flag can be set by a variable: --host-ip by PORTPLAN_HOST_IP.');
  for (const command of commands) addCommand(parser, command, choose);
  parser.command('run [image] [command..]', runSummary, {}, () => {});
  parser.command(
    'completion [shell]',
    'Print a script for the completion of bash, zsh or fish',
    {},
    () => {},
  );
  return parser;
}

function addCommand(parser: Argv, command: Command, choose: (command: Command) => void): void {
  parser.command(
    `${command.name} ${command.operands}`.trim(),
    command.summary,
    (own) => {
      const withFlags = own
        .usage(
          `$0 ${command.name} ${command.usage ?? `${command.operands} [flags]`}\n\n${command.summary}`,
        )
        .options(toYargsOptions(command.flags));
      for (const name of operandNames(command.operands))
        withFlags.positional(name, {
          type: 'string',
          array: command.operands.includes(`${name}...`),
          describe: command.operandHelp?.[name] ?? operandHelp[name],
        });
      for (const [example, what] of command.examples) withFlags.example(example, what);
      return withFlags;
    },
    () => choose(command),
  );
}

const operandHelp: Readonly<Record<string, string>> = {
  target:
    'A port (8080), a range (8000-8010), a publish (8080:80), a compose file or folder, or an image',
};

function toYargsOptions(flags: Flags) {
  return Object.fromEntries(
    Object.entries(flags).map(([name, flag]) => [name, toYargsOption(flag)]),
  );
}

/** Defaults and choices are told here and applied later, where variables are known too. */
function toYargsOption({ kind, alias, choices, default: standard, help, hidden }: Flag) {
  const details = [
    choices?.join(', '),
    standard === undefined ? undefined : `default ${standard}`,
  ].filter(Boolean);
  return {
    ...(alias && { alias }),
    ...(hidden && { hidden }),
    describe: `${help}${details.length === 0 ? '' : ` [${details.join('; ')}]`}`,
    ...(kind === 'boolean'
      ? { type: 'boolean' as const }
      : { type: 'string' as const, requiresArg: true }),
  };
}

function usageError(message: string): PortplanError {
  const text = message
    .replace(/\n+/g, '; ')
    .replace(/^Did you mean (.*)\?$/, 'no such command; did you mean $1?')
    .replace(/^Unknown (?:command|argument)s?: /, 'no such flag or command: ');
  return new PortplanError('invalid-usage', text, {
    hint: 'portplan --help shows the commands, portplan COMMAND --help their flags',
  });
}
