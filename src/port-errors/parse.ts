import type { PortError } from '../model/findings/port-error.ts';
import { shorten } from '../model/text/safe-text.ts';
import { readEndpoint } from './endpoint.ts';
import { type ErrorPattern, patterns, vaguePatterns } from './patterns.ts';
import { unwrapLines } from './unwrap-lines.ts';

/** Longer than any message of an engine; longer lines are parsed in pieces of this size. */
const maxLineLength = 16_000;
/** Maximum number of errors returned; more add no information. */
const maxErrors = 20;
/** Longer than a pasted text whose lines a terminal or an editor broke. */
const maxBrokenLength = 16_384;
const maxMessageLength = 400;

/**
 * Returns the port errors in a text, each once, in the order of their first occurrence, at most 20. Reads the output of
 * docker, Compose (v1 and v2), podman and nerdctl, logs, and responses of the engine's API, also with colors and with
 * broken lines.
 */
export function parsePortErrors(text: string): readonly PortError[] {
  const lines = cleanLines(text);
  const [found] = [lines, ...unwrapLines(lines)]
    .map((read) => uniqueErrors(findInLines(read)))
    .sort((one, other) => matchedLength(other) - matchedLength(one) || one.length - other.length);
  if (found !== undefined && found.length > 0) return errorsOf(found);
  const rest = lines.join('\n').slice(-maxBrokenLength);
  const joined = ['', ' '].map((glue) => rest.replace(/[ \t]*\n[ \t]*/g, glue));
  return joined.map((line) => errorsOf(uniqueErrors(findInLines([line])))).find(isFilled) ?? [];
}

function isFilled(errors: readonly PortError[]): boolean {
  return errors.length > 0;
}

/** An error, and the number of characters of the text that the patterns matched. */
interface Found {
  readonly error: PortError;
  readonly matchedLength: number;
}

function errorsOf(found: readonly Found[]): readonly PortError[] {
  return found.map(({ error }) => error);
}

/**
 * Returns the number of matched characters, each message counted once: of two ways to join broken lines, the right one
 * gives whole messages.
 */
function matchedLength(found: readonly Found[]): number {
  const messages = new Map(
    found.map(({ error, matchedLength: length }) => [
      JSON.stringify({ ...error, message: '' }),
      length,
    ]),
  );
  return [...messages.values()].reduce((sum, length) => sum + length, 0);
}

/**
 * Returns the lines of a text without terminal sequences. A carriage return also ends a line, because progress bars use
 * it to overwrite theirs. Non-breaking spaces, as on web pages, become spaces.
 */
function cleanLines(text: string): readonly string[] {
  return text
    .replace(ansiSequences, '')
    .replaceAll('\u00a0', ' ')
    .split(/\r\n|\n|\r/)
    .flatMap(piecesOf);
}

// ECMA-48: control sequences, and operating system commands (titles, links).
const ansiSequences =
  /* biome-ignore lint/suspicious/noControlCharactersInRegex: the sequences consist of them */
  /\u001b\[[0-?]{0,64}[ -/]{0,8}[@-~]|\u001b\][^\u0007\u001b]{0,2048}(?:\u0007|\u001b\\)|\u001b[@-Z\\^_]/g;

function piecesOf(line: string): readonly string[] {
  if (line.length <= maxLineLength) return [line];
  const count = Math.ceil(line.length / maxLineLength);
  return Array.from({ length: count }, (_, index) =>
    line.slice(index * maxLineLength, (index + 1) * maxLineLength),
  );
}

function* findInLines(lines: readonly string[]): Generator<Found> {
  let after = 0;
  for (const [index, line] of lines.entries()) {
    const matches = matchesIn(line);
    if (matches.length === 0) continue;
    // In a message with broken lines, the port is on a line before the reason.
    const before = lines.slice(Math.max(after, index - 3), index);
    for (const [number, match] of matches.entries()) {
      const start = number === 0 ? 0 : (matches[number - 1]?.end ?? 0);
      const end = matches[number + 1]?.start ?? line.length;
      yield toFound(match, line.slice(start, end), before, lines[index + 1] ?? '');
    }
    after = index + 1;
  }
}

interface Match {
  readonly code: PortError['code'];
  /** False for the patterns that also precede messages with a more precise reason. */
  readonly sure: boolean;
  readonly start: number;
  readonly end: number;
  readonly detail: string | undefined;
}

/** Returns the matches of a line from left to right, without overlaps. */
function matchesIn(line: string): readonly Match[] {
  const sure = matchesOf(patterns, line).map((match) => ({ ...match, sure: true }));
  const matches =
    sure.length > 0
      ? sure
      : matchesOf(vaguePatterns, line)
          .slice(0, 1)
          .map((match) => ({ ...match, sure: false }));
  const separate: Match[] = [];
  for (const match of matches) {
    if (separate.every(({ start, end }) => match.start >= end || match.end <= start))
      separate.push(match);
  }
  return separate.sort((one, other) => one.start - other.start);
}

function matchesOf(rules: readonly ErrorPattern[], line: string): readonly Omit<Match, 'sure'>[] {
  return rules.flatMap(({ code, pattern }) => {
    // Most lines of a log have no match; `search` saves the copy of the pattern that `matchAll` makes.
    if (line.search(pattern) === -1) return [];
    return [...line.matchAll(pattern)].map((match) => ({
      code,
      start: match.index,
      end: match.index + match[0].length,
      detail: match.groups?.detail || undefined,
    }));
  });
}

function toFound(
  { code, detail, sure, start, end }: Match,
  text: string,
  before: readonly string[],
  next: string,
): Found {
  const whole = [text, [...before, text].join(''), [...before, text].join(' ')];
  const found = whole.map(readEndpoint).find((one) => one !== undefined);
  const limit = /\(currently (\d{1,5})\)/.exec(text)?.[1];
  const error = {
    code,
    message: shorten(withoutWrapper(text), maxMessageLength),
    ...found?.place,
    container:
      whole.map((one) => endpointName.exec(one)?.[1]).find((name) => name !== undefined) ??
      /^Error: failed to start containers: (\S{1,255})$/.exec(next)?.[1] ??
      containerId.exec(before.at(-1) ?? '')?.[0],
    service:
      /in use by service '([^']{1,200})'/.exec(text)?.[1] ??
      /Cannot start service (\S{1,200}): /.exec(text)?.[1] ??
      (code === 'taken-for-program' ? /^\s*([\w.-]{1,100})\s{0,40}\| /.exec(text)?.[1] : undefined),
    detail: detail ?? limit,
  };
  return { error, matchedLength: sure ? end - start + (found?.length ?? 0) : 0 };
}

/** `docker run -d` prints the container ID before it starts the container. */
const containerId = /^[0-9a-f]{64}$/;

const endpointName = /on endpoint (\S{1,255}) \([0-9a-f]{64}\)/;

/**
 * Returns the message of the engine without the text that docker, Compose and the API put around it (ports.md §6.1).
 */
function withoutWrapper(text: string): string {
  const wrappers = [
    /^.*on endpoint \S{1,255} \([0-9a-f]{64}\): /,
    /^.*Error response from daemon: /,
    /^.*Cannot start service \S{1,200}: /,
    /^\s*\{(?:"cause":"(?:[^"\\]|\\.)*",)?"message":"/,
    /^\s*(?:docker|Error|ERROR): /,
    /^failed to set up container networking: /,
  ];
  const bare = wrappers.reduce((rest, wrapper) => rest.replace(wrapper, ''), text);
  return bare.replace(/"(?:,"response":\d+)?\}\s*$/, '').trim();
}

/**
 * Returns each error once: Compose reports an error for the service and again at the end, and a container that restarts
 * repeats its error.
 */
function uniqueErrors(errors: Iterable<Found>): readonly Found[] {
  const unique = new Map<string, Found>();
  for (const found of errors) {
    const { code, address, port, protocol, container, service, detail, message } = found.error;
    const about = port ?? detail ?? message;
    const key = [code, address, protocol, container, service, about].join(' ');
    if (!unique.has(key)) unique.set(key, found);
    if (unique.size === maxErrors) break;
  }
  return [...unique.values()];
}
