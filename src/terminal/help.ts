import { type Flag, type FlagGroups, flagsOfGroup } from '../model/flags/flag.ts';

/** The help of a command. */
export interface HelpText {
  /** What it does: imperative, at most 60 characters, no full stop. */
  readonly summary: string;
  /** Further sentences, one paragraph each. */
  readonly details?: readonly string[];
  /** Arguments after the name: `[TARGET...] [flags]`. */
  readonly usage: string;
  readonly examples: readonly (readonly [command: string, what: string])[];
  /** Positional arguments and what each one is. */
  readonly arguments?: readonly (readonly [name: string, help: string])[];
  readonly flags: FlagGroups;
}

/** A heading of a help text with rows of two columns. */
export interface HelpSection {
  readonly title: string;
  readonly rows: readonly (readonly [left: string, right: string])[];
}

/** Every help text fits a terminal of this many columns. */
const helpWidth = 80;
const indent = '  ';
const gap = '  ';
/** A longer left column has its text on the next line. */
const maxLeftWidth = 28;

/** Returns the help of a command, without a newline at the end. */
export function formatCommandHelp(
  name: string,
  { summary, details = [], usage, examples, arguments: positionals = [], flags }: HelpText,
): string {
  const sections: readonly HelpSection[] = [
    { title: 'Arguments', rows: positionals },
    ...Object.entries(flags).map(([title, group]) => ({
      title,
      rows: flagsOfGroup(group)
        .filter(({ hidden }) => !hidden)
        .map((flag) => [flagNames(flag), flagHelp(flag)] as const),
    })),
  ];
  return [
    [summary, ...details].map((text) => wrap(text, helpWidth).join('\n')).join('\n\n'),
    `Usage:\n${indent}portplan ${name} ${usage}`.trimEnd(),
    ...(examples.length === 0 ? [] : [`Examples:\n${examples.map(formatExample).join('\n')}`]),
    ...formatSections(sections),
  ].join('\n\n');
}

/** Returns sections of a help text; those without rows are left out. */
export function formatSections(sections: readonly HelpSection[]): readonly string[] {
  const shown = sections.filter(({ rows }) => rows.length > 0);
  const lengths = shown.flatMap(({ rows }) => rows.map(([left]) => left.length));
  const width = Math.max(0, ...lengths.filter((length) => length <= maxLeftWidth));
  return shown.map(
    ({ title, rows }) => `${title}:\n${rows.map((row) => formatRow(row, width)).join('\n')}`,
  );
}

function formatExample([command, what]: readonly [string, string]): string {
  return `${indent}# ${what}\n${indent}$ ${command}`;
}

function formatRow([left, right]: readonly [string, string], width: number): string {
  const below = ' '.repeat(indent.length + width + gap.length);
  const text = wrap(right, helpWidth - below.length).join(`\n${below}`);
  return left.length > width
    ? `${indent}${left}\n${below}${text}`
    : `${indent}${left.padEnd(width)}${gap}${text}`;
}

/** `-p, --publish SPEC`. */
function flagNames({ name, short, value }: Flag): string {
  const letter = short === undefined ? '    ' : `-${short}, `;
  return `${letter}--${name}${value === undefined ? '' : ` ${value}`}`;
}

function flagHelp({ kind, help, choices, default: value, defaultHelp = value }: Flag): string {
  return [
    choices === undefined ? help : `${help}: ${choices.join(', ')}`,
    ...(kind === 'list' ? ['(repeatable)'] : []),
    ...(defaultHelp === undefined ? [] : [`(default:\u00a0${defaultHelp})`]),
  ].join(' ');
}

/** Wraps at spaces; a no-break space keeps `(default: 5)` on one line. */
function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines.map((line) => line.replaceAll('\u00a0', ' '));
}
