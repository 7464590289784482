import type { Report } from '../model/findings/report.ts';
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

/** What could not be seen, and what is worth knowing, one line each on stderr. */
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
      write(style.warning('gap'), `${detail}${hint === undefined ? '' : ` (${hint})`}`);
    } else if (status === 'absent') {
      write(style.dim('note'), detail);
    } else if (options.verbose) {
      write(style.dim(name), detail);
    }
  }
  for (const note of notes) write(style.dim('note'), note);
}

/** The paper of a stream: as wide as its terminal, in colours where it shows them. */
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

/** --color, then NO_COLOR and FORCE_COLOR (no-color.org, force-color.org), then whether somebody looks. */
function hasColor(stream: OutputStream, color: string, env: Io['env']): boolean {
  if (color !== 'auto') return color === 'always';
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== '0';
  return stream.isTTY === true && env.TERM !== 'dumb';
}
