import type { Report } from '../model/findings/report.ts';
import type { SourceName } from '../model/host/snapshot.ts';
import { safeText } from '../model/text/safe-text.ts';
import { renderJson } from '../output/json.ts';
import { colorStyle, plainStyle, type Style } from '../output/style.ts';
import type { TextOptions } from '../output/table.ts';
import type { OutputOptions } from './flags.ts';
import type { Io, OutputStream } from './io.ts';

/** Loads the function that renders a report of a command as text. */
export type LoadTextRenderer<AnyReport extends Report> = () => Promise<
  (report: AnyReport, options: TextOptions) => string
>;

/**
 * Prints a report: the result to stdout; warnings, notes and (with --verbose) the sources to stderr. Loads `loadText` only
 * for `--format table`.
 */
export async function printReport<AnyReport extends Report>(
  report: AnyReport,
  loadText: LoadTextRenderer<AnyReport>,
  options: OutputOptions,
  io: Io,
): Promise<void> {
  printRemarks(report, options, io);
  if (options.format === 'json') io.stdout.write(`${renderJson(report)}\n`);
  else {
    const renderText = await loadText();
    io.stdout.write(`${renderText(report, textOptionsFor(io.stdout, options, io.env))}\n`);
  }
}

/** Prints unreadable sources as warnings, and notes, one line each on stderr. */
export function printRemarks(
  { sources, notes }: Pick<Report, 'sources' | 'notes'>,
  options: OutputOptions,
  io: Io,
): void {
  if (options.quiet) return;
  const style = styleOf(io.stderr, options, io.env);
  const write = (label: string, text: string) => io.stderr.write(`${label}: ${safeText(text)}\n`);
  for (const { name, status, detail, hint } of sources) {
    if (status === 'gap') {
      write(
        style.warning('warning'),
        `${warningText(name, detail)}${hint === undefined ? '' : ` (${hint})`}`,
      );
    } else if (status === 'absent') {
      write(style.dim('note'), detail);
    } else if (options.verbose) {
      write(style.dim(name), detail);
    }
  }
  for (const note of notes) write(style.dim('note'), note);
}

const sourceLabels: Readonly<Record<SourceName, string>> = {
  engine: 'the engine',
  processes: 'the processes of this host',
  kernel: 'the port ranges of the kernel',
  services: 'the swarm services',
  probe: 'all ports',
  files: 'all files',
};

/** `cannot read the engine: no engine answers`; some details begin so themselves. */
function warningText(name: SourceName, detail: string): string {
  return detail.startsWith('cannot ') ? detail : `cannot read ${sourceLabels[name]}: ${detail}`;
}

/** Returns the width of a stream's terminal, and a style with color if it shows color. */
export function textOptionsFor(
  stream: OutputStream,
  options: Pick<OutputOptions, 'color'>,
  env: Io['env'],
): TextOptions {
  return {
    width: stream.isTTY ? (stream.columns ?? 80) : undefined,
    style: styleOf(stream, options, env),
  };
}

function styleOf(
  stream: OutputStream,
  { color }: Pick<OutputOptions, 'color'>,
  env: Io['env'],
): Style {
  return hasColor(stream, color, env) ? colorStyle : plainStyle;
}

/** --color, then NO_COLOR and FORCE_COLOR (no-color.org, force-color.org), then whether the stream is a terminal. */
function hasColor(stream: OutputStream, color: string, env: Io['env']): boolean {
  if (color !== 'auto') return color === 'always';
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== '0';
  return stream.isTTY === true && env.TERM !== 'dumb';
}
