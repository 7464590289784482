import { formatRange, isSinglePort, type PortRange } from '../../../model/ports/port.ts';

/** Which host ports a text names, and which it shall name. */
export interface Renumbering {
  /** Absent: none, so that the engine chooses. */
  readonly from: PortRange | undefined;
  readonly to: PortRange;
}

/**
 * A template (`8080:80`, `${WEB_PORT:-8080}:80`, `8000-8002:80-82`) with other host ports, and nothing else changed.
 * Which of its numbers is meant is found by trying: `means` tells whether a text means what is wanted. Nothing where no
 * change of numbers leads there.
 */
export function rewriteTemplate(
  template: string,
  renumbering: Renumbering,
  means: (text: string) => boolean,
): string | undefined {
  for (const candidate of candidates(template, renumbering)) {
    if (means(candidate)) return candidate;
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

/** The numbers in a text; digits in the name of a variable are none. */
function numbersIn(template: string): readonly NumberSpan[] {
  return [...template.matchAll(/(?<![A-Za-z0-9_])\d+/g)].map(({ index, 0: digits }) => {
    return { start: index, end: index + digits.length, value: Number(digits) };
  });
}

function* withOtherNumbers(template: string, from: PortRange, to: PortRange): Generator<string> {
  const runs = numbersIn(template);
  const firsts = runs.filter(({ value }) => value === from.first);
  if (isSinglePort(from)) {
    for (const run of firsts) yield splice(template, run, formatRange(to));
  }
  for (const first of firsts) {
    for (const last of runs) {
      if (last.value !== from.last || last.start < first.end) continue;
      const isRange = template.slice(first.end, last.start) === '-';
      if (isRange) yield splice(template, { start: first.start, end: last.end }, formatRange(to));
      else yield splice(splice(template, last, `${to.last}`), first, `${to.first}`);
    }
  }
}

/** A zero is replaced, an empty default (`${PORT:-}`) or place before a colon is filled, or the number set in front. */
function* withFirstNumber(template: string, to: PortRange): Generator<string> {
  const text = formatRange(to);
  for (const run of numbersIn(template)) if (run.value === 0) yield splice(template, run, text);
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
