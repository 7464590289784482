import type { PortError } from '../model/findings/port-error.ts';
import { shorten } from '../model/text/safe-text.ts';
import { readEndpoint } from './endpoint.ts';
import { type ErrorPattern, patterns, vaguePatterns } from './patterns.ts';
import { unwrapLines } from './unwrap-lines.ts';

/** No message of an engine is longer; a longer line is looked at in pieces. */
const maxLineLength = 16_000;
/** So many faults tell all that there is to tell. */
const maxErrors = 20;
/** A text that a terminal or an editor has broken into lines is not longer. */
const maxBrokenLength = 16_384;
const maxMessageLength = 400;

/**
 * Every error about ports in a text, each once, in the order in which they first come: in the output of docker, Compose
 * (both), podman and nerdctl, in a log, in an answer of the engine's API, also colored or broken into lines.
 */
export function parsePortErrors(text: string): readonly PortError[] {
  const lines = cleanLines(text);
  const [found] = [lines, ...unwrapLines(lines)]
    .map((read) => uniqueFaults(findInLines(read)))
    .sort((one, other) => understood(other) - understood(one) || one.length - other.length);
  if (found !== undefined && found.length > 0) return faultsOf(found);
  const rest = lines.join('\n').slice(-maxBrokenLength);
  const joined = ['', ' '].map((glue) => rest.replace(/[ \t]*\n[ \t]*/g, glue));
  return joined.map((line) => faultsOf(uniqueFaults(findInLines([line])))).find(isFilled) ?? [];
}

function isFilled(faults: readonly PortError[]): boolean {
  return faults.length > 0;
}

/** An error, and how many characters of the text are known to mean it. */
interface Found {
  readonly error: PortError;
  readonly understood: number;
}

function faultsOf(found: readonly Found[]): readonly PortError[] {
  return found.map(({ error }) => error);
}

/** Of two ways to read a broken text, the right one makes whole messages of it; each counts once. */
function understood(found: readonly Found[]): number {
  const messages = new Map(
    found.map(({ error, understood: length }) => [
      JSON.stringify({ ...error, message: '' }),
      length,
    ]),
  );
  return [...messages.values()].reduce((sum, length) => sum + length, 0);
}

/**
 * Returns the lines without escape sequences; a carriage return starts a new line, because progress bars use it. Web pages have
 * non-breaking spaces.
 */
function cleanLines(text: string): readonly string[] {
  return text
    .replace(ansiSequences, '')
    .replaceAll('\u00a0', ' ')
    .split(/\r\n|\n|\r/)
    .flatMap(piecesOf);
}

// ECMA-48: control sequences, and the texts that terminals are sent (titles, links).
const ansiSequences =
  /* biome-ignore lint/suspicious/noControlCharactersInRegex: that is what they are made of */
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
    const signs = signsIn(line);
    if (signs.length === 0) continue;
    // Where a message is broken into lines, what it is about stands before its end.
    const before = lines.slice(Math.max(after, index - 3), index);
    for (const [number, sign] of signs.entries()) {
      const start = number === 0 ? 0 : (signs[number - 1]?.end ?? 0);
      const end = signs[number + 1]?.start ?? line.length;
      yield toFound(sign, line.slice(start, end), before, lines[index + 1] ?? '');
    }
    after = index + 1;
  }
}

interface Sign {
  readonly code: PortError['code'];
  /** Whether it means this, and does not merely stand before messages that say more. */
  readonly sure: boolean;
  readonly start: number;
  readonly end: number;
  readonly detail: string | undefined;
}

/** The signs of a line from left to right, none inside another. */
function signsIn(line: string): readonly Sign[] {
  const sure = matchesOf(patterns, line).map((match) => ({ ...match, sure: true }));
  const signs =
    sure.length > 0
      ? sure
      : matchesOf(vaguePatterns, line)
          .slice(0, 1)
          .map((match) => ({ ...match, sure: false }));
  const apart: Sign[] = [];
  for (const sign of signs) {
    if (apart.every(({ start, end }) => sign.start >= end || sign.end <= start)) apart.push(sign);
  }
  return apart.sort((one, other) => one.start - other.start);
}

function matchesOf(rules: readonly ErrorPattern[], line: string): readonly Omit<Sign, 'sure'>[] {
  return rules.flatMap(({ code, sign }) => {
    // Most lines of a log have none.
    if (line.search(sign) === -1) return [];
    return [...line.matchAll(sign)].map((match) => ({
      code,
      start: match.index,
      end: match.index + match[0].length,
      detail: match.groups?.detail || undefined,
    }));
  });
}

function toFound(
  { code, detail, sure, start, end }: Sign,
  text: string,
  before: readonly string[],
  next: string,
): Found {
  const whole = [text, [...before, text].join(''), [...before, text].join(' ')];
  const found = whole.map(readEndpoint).find((one) => one !== undefined);
  const limit = /\(currently (\d{1,5})\)/.exec(text)?.[1];
  const fault = {
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
  return { error: fault, understood: sure ? end - start + (found?.length ?? 0) : 0 };
}

/** `docker run -d` prints it before it knows how the start goes. */
const containerId = /^[0-9a-f]{64}$/;

const endpointName = /on endpoint (\S{1,255}) \([0-9a-f]{64}\)/;

/** What docker, Compose and the API put around the words of the engine (ports.md §6.1). */
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

/** An error that is printed twice (by Compose for the service and at the end, by a restarting container) counts once. */
function uniqueFaults(faults: Iterable<Found>): readonly Found[] {
  const unique = new Map<string, Found>();
  for (const found of faults) {
    const { code, address, port, protocol, container, service, detail, message } = found.error;
    const about = port ?? detail ?? message;
    const key = [code, address, protocol, container, service, about].join(' ');
    if (!unique.has(key)) unique.set(key, found);
    if (unique.size === maxErrors) break;
  }
  return [...unique.values()];
}
