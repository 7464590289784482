import { formatRange, isSinglePort, type PortRange } from '../../../model/ports/port.ts';

/** Old and new host ports of an entry. */
export interface Renumbering {
  /** `undefined` if the engine chooses the port. */
  readonly from: PortRange | undefined;
  readonly to: PortRange;
}

/**
 * Returns a template (`8080:80`, `${WEB_PORT:-8080}:80`, `8000-8002:80-82`) with other host ports and nothing else
 * changed. Tries its numbers in turn: `matches` returns whether a candidate has the expected meaning. Returns
 * `undefined` if no candidate matches.
 */
export function rewriteTemplate(
  template: string,
  renumbering: Renumbering,
  matches: (text: string) => boolean,
): string | undefined {
  for (const candidate of candidates(template, renumbering)) {
    if (matches(candidate)) return candidate;
  }
  return undefined;
}

function candidates(template: string, { from, to }: Renumbering): Iterable<string> {
  return from === undefined ? withFirstNumber(template, to) : withOtherNumbers(template, from, to);
}

interface NumberSpan {
  readonly start: number;
  readonly end: number;
  readonly value: number;
}

/** The numbers in a text, without digits in names of variables. */
function numbersIn(template: string): readonly NumberSpan[] {
  return [...template.matchAll(/(?<![A-Za-z0-9_])\d+/g)].map(({ index, 0: digits }) => {
    return { start: index, end: index + digits.length, value: Number(digits) };
  });
}

function* withOtherNumbers(template: string, from: PortRange, to: PortRange): Generator<string> {
  const spans = numbersIn(template);
  const firsts = spans.filter(({ value }) => value === from.first);
  if (isSinglePort(from)) {
    for (const span of firsts) yield splice(template, span, formatRange(to));
  }
  for (const first of firsts) {
    for (const last of spans) {
      if (last.value !== from.last || last.start < first.end) continue;
      const isRange = template.slice(first.end, last.start) === '-';
      if (isRange) yield splice(template, { start: first.start, end: last.end }, formatRange(to));
      else yield splice(splice(template, last, `${to.last}`), first, `${to.first}`);
    }
  }
}

/** Candidates: replace a zero, fill an empty default (`${PORT:-}`) or the gap before a colon, or prepend the number. */
function* withFirstNumber(template: string, to: PortRange): Generator<string> {
  const text = formatRange(to);
  for (const span of numbersIn(template)) if (span.value === 0) yield splice(template, span, text);
  for (const { index } of template.matchAll(/(?<=-)\}/g)) {
    yield splice(template, { start: index, end: index }, text);
  }
  for (const { index } of template.matchAll(/(?<!\})(?=:)/g)) {
    yield splice(template, { start: index, end: index }, text);
  }
  yield template === '' ? text : `${text}:${template}`;
}

function splice(
  text: string,
  { start, end }: Omit<NumberSpan, 'value'>,
  replacement: string,
): string {
  return `${text.slice(0, start)}${replacement}${text.slice(end)}`;
}
