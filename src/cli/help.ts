import { runHelp } from '../commands/run/text.ts';
import { PortplanError } from '../errors.ts';
import { findNearest } from '../model/text/did-you-mean.ts';
import { formatCommandHelp, formatSections, type HelpText } from '../terminal/help.ts';
import { commands } from './commands.ts';
import { shells } from './completion-script.ts';

const completionHelp: HelpText = {
  summary: 'Print a completion script for a shell',
  usage: `[${shells.join('|')}]`,
  examples: [
    ['source <(portplan completion bash)', 'in ~/.bashrc'],
    ['portplan completion fish > ~/.config/fish/completions/portplan.fish', 'for fish'],
  ],
  flags: {},
};

const helpHelp: HelpText = {
  summary: 'Show the help of a command',
  usage: '[COMMAND]',
  examples: [],
  flags: {},
};

const versionHelp: HelpText = {
  summary: 'Show the version',
  usage: '',
  examples: [],
  flags: {},
};

const helpTexts: ReadonlyMap<string, HelpText> = new Map<string, HelpText>([
  ...commands.map((command) => [command.name, command] as const),
  ['run', runHelp],
  ['completion', completionHelp],
  ['help', helpHelp],
  ['version', versionHelp],
]);

const groups: readonly (readonly [title: string, names: readonly string[]])[] = [
  ['Inspect ports', ['check', 'ps', 'port', 'url', 'explain']],
  ['Plan ports', ['plan', 'images', 'lease']],
  ['Run containers', ['run', 'up', 'start', 'stop']],
  ['Other commands', ['completion', 'help', 'version']],
];

/** Names of all commands. */
export const commandNames: readonly string[] = groups.flatMap(([, names]) => names);

/**
 * Returns the help of a command, or of portplan itself.
 * @throws PortplanError `invalid-usage` for an unknown command
 */
export function renderHelp(name?: string): string {
  if (name === undefined) return renderOverview();
  const help = helpTexts.get(name);
  if (help === undefined) throw unknownCommand(name);
  return formatCommandHelp(name, help);
}

function renderOverview(): string {
  return [
    'Find out who holds a host port, plan free ports, run containers on them',
    'Usage:\n  portplan COMMAND [flags]',
    ...formatSections([
      ...groups.map(([title, names]) => ({
        title,
        rows: names.map((name) => [name, helpTexts.get(name)?.summary ?? ''] as const),
      })),
      {
        title: 'Flags',
        rows: [
          ['-h, --help', 'Show the help of portplan or of a command'],
          ['--version', 'Show the version'],
        ],
      },
    ]),
    'Environment variables set flags: PORTPLAN_HOST_IP sets --host-ip.\nRun portplan help COMMAND for the flags of a command.',
  ].join('\n\n');
}

/** Returns the error for a word that is no command, with the command that was probably meant. */
export function unknownCommand(name: string): PortplanError {
  const nearest = findNearest(name, commandNames);
  const isTarget = /^[\d.:*[\]-]*\d+(\/\w+)?$|\.ya?ml$/.test(name);
  return new PortplanError('invalid-usage', `unknown command "${name}"`, {
    hint: isTarget
      ? `did you mean portplan check ${name}?`
      : nearest === undefined
        ? 'run portplan help'
        : `did you mean portplan ${nearest}?`,
  });
}
