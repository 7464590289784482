import type { Conflict, Suggestion } from '../model/findings/conflict.ts';
import { describeConflict } from '../model/findings/describe-conflict.ts';
import { formatAddressPort } from '../model/ports/address.ts';
import { safeText } from '../model/text/safe-text.ts';

/** The finding for the formats of code hosts: what is wrong, what to do, and why it is allowed; a line each. */
export function findingLines(conflict: Conflict): readonly string[] {
  const { remedy, suggestion, allowed } = conflict;
  return [
    toSentence(describeConflict(conflict)),
    ...(remedy === undefined ? [] : [`Fix: ${safeText(remedy.command ?? remedy.text)}`]),
    ...(suggestion === undefined ? [] : [`Suggestion: ${suggestionText(suggestion)}`]),
    ...(allowed === undefined ? [] : [`Allowed: ${safeText(allowed)}`]),
  ];
}

/** `8081`, `127.0.0.1:8081`. */
export function suggestionText({ address, port }: Suggestion): string {
  return address === '*' ? `${port}` : formatAddressPort(address, port);
}

/** Names keep their case: a sentence that starts with one is not capitalised. */
export function toSentence(text: string): string {
  const safe = safeText(text);
  const start = /^[a-z]+ /.test(safe) ? safe.slice(0, 1).toUpperCase() : safe.slice(0, 1);
  return `${start}${safe.slice(1)}${/[.!?]$/.test(safe) ? '' : '.'}`;
}
