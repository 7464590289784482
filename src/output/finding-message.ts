import type { Conflict, Suggestion } from '../model/findings/conflict.ts';
import { describeConflict } from '../model/findings/describe-conflict.ts';
import { formatAddressPort } from '../model/ports/address.ts';
import { safeText } from '../model/text/safe-text.ts';

/** Returns a finding for the formats of code hosts: the problem, the fix, and why it is allowed, each on a line. */
export function findingLines(conflict: Conflict): readonly string[] {
  const { remedy, suggestion, allowed } = conflict;
  return [
    toSentence(describeConflict(conflict)),
    ...(remedy === undefined ? [] : [`Fix: ${safeText(remedy.command ?? remedy.text)}`]),
    ...(suggestion === undefined ? [] : [`Suggestion: ${suggestionText(suggestion)}`]),
    ...(allowed === undefined ? [] : [`Allowed: ${safeText(allowed)}`]),
  ];
}

/** Returns a suggested port as `8081` or `127.0.0.1:8081`. */
export function suggestionText({ address, port }: Suggestion): string {
  return address === '*' ? `${port}` : formatAddressPort(address, port);
}

/** Returns the text as a sentence, safe to print. Names keep their case: a name at the start is not capitalized. */
export function toSentence(text: string): string {
  const safe = safeText(text);
  const start = /^[a-z]+ /.test(safe) ? safe.slice(0, 1).toUpperCase() : safe.slice(0, 1);
  return `${start}${safe.slice(1)}${/[.!?]$/.test(safe) ? '' : '.'}`;
}
