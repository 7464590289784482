import { attempt, PortplanError } from '../../../errors.ts';
import { parsePublish } from '../../../model/ports/parse-publish.ts';
import { formatRange } from '../../../model/ports/port.ts';
import type { ComposePublish } from '../../project.ts';
import { interpolate, type Lookup } from '../../variables/interpolate.ts';
import { resolvePlain } from '../../yaml/scalar.ts';
import type { SkipReason } from '../edit.ts';
import { applyMove, sortedPortTexts } from '../expected-ports.ts';
import { type EditSite, isSkipped } from './edit-sites.ts';
import type { Renumbering } from './renumber.ts';

/** The text of an edit site in its file. */
export interface SiteText {
  /** Text without quotes, before interpolation; decimal for a plain number. */
  readonly template: string;
  /** Quotes; `plain` without quotes, `number` if YAML resolves it to an integer. */
  readonly style: 'double' | 'single' | 'plain' | 'number';
}

/** Reads a site from the text of its file; returns the reason if its syntax is not supported. */
export function readSite({ entry, range }: EditSite, text: string): SiteText | SkipReason {
  const raw = text.slice(range.start, range.end);
  const read = readScalar(raw);
  if (isSkipped(read)) return read;
  const expected = entry.syntax === 'short' ? entry.text : read.template;
  return read.template === expected ? read : notEditable(raw);
}

function readScalar(raw: string): SiteText | SkipReason {
  const inner = raw.slice(1, -1);
  const isClosed = raw.length > 1 && raw.at(-1) === raw[0];
  if (/[\r\n\\]|''/.test(inner) || /^[|>&*!]/.test(raw)) {
    return notEditable(raw);
  }
  if (raw.startsWith('"') && isClosed) return { template: inner, style: 'double' };
  if (raw.startsWith("'") && isClosed) return { template: inner, style: 'single' };
  const { type, text } = resolvePlain(raw);
  return { template: text, style: type === 'integer' ? 'number' : 'plain' };
}

function notEditable(raw: string): SkipReason {
  const message = `${JSON.stringify(raw.slice(0, 80))} has a syntax that cannot be edited`;
  return { reason: 'not-editable', message };
}

/** Returns the text of a site with another template, quoted as before. */
export function formatSite({ entry }: EditSite, { style }: SiteText, template: string): string {
  switch (style) {
    case 'double':
      return `"${template}"`;
    case 'single':
      return `'${template}'`;
    case 'number':
      // A bare container port gets a colon; with quotes, no reader parses it as a base-60 number.
      return entry.syntax === 'short' ? `"${template}"` : template;
    case 'plain':
      return isBase60(template) && !isBase60(entry.text) ? `"${template}"` : template;
    default:
      return style satisfies never;
  }
}

/** YAML 1.1 parses `8022:22` as a base-60 number if every part after the first is below 60. */
function isBase60(text: string): boolean {
  return /^[1-9]\d*(:[0-5]?\d)+$/.test(text);
}

/** Returns a predicate: whether a template resolves to the new ports of the site. */
export function templateMatches(
  site: EditSite,
  { to }: Renumbering,
): (template: string, lookup: Lookup) => boolean {
  if (site.entry.syntax === 'long') {
    return (template, lookup) => fillIn(template, lookup) === formatRange(to);
  }
  const expected = sortedPortTexts(expectedPublishes(site)).join();
  return (template, lookup) => {
    const text = fillIn(template, lookup);
    return text !== undefined && shortTexts(text) === expected;
  };
}

/** The publishes of the entry after its moves, once for all services that share it. */
function expectedPublishes({ publishes, moves }: EditSite): readonly ComposePublish[] {
  const moved = new Map(moves.map((move) => [move.publish.key, applyMove(move)]));
  const byKey = new Map(publishes.map((publish) => [publish.key, publish]));
  return [...byKey].map(([key, publish]) => moved.get(key) ?? publish);
}

function fillIn(template: string, lookup: Lookup): string | undefined {
  return attemptParse(() => interpolate(template, lookup).text);
}

function shortTexts(text: string): string | undefined {
  return attemptParse(() => sortedPortTexts(parsePublish(text)).join());
}

function attemptParse<Result>(read: () => Result): Result | undefined {
  const result = attempt(read);
  return result instanceof PortplanError ? undefined : result;
}
