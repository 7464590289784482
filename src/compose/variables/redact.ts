import { PortplanError } from '../../errors.ts';

/** Removes the values of a project's variables from messages, because they may be passwords. */
export interface Redactor {
  /** Registers the value of a variable that was substituted. */
  add(name: string, value: string | undefined): void;
  /** Returns the text with each value replaced by `${NAME}`. */
  redact(text: string): string;
  /** Returns a PortplanError with message and hint redacted; any other error unchanged. */
  redactError(error: unknown): unknown;
}

/** Shorter values match unrelated text by chance. */
const minLength = 3;
/** Numbers, addresses and keywords of ports are no secrets, and messages need them. */
const harmless = /^[\d.:/[\]-]*$|^(?:tcp|udp|sctp|true|false|host|none|bridge)$/i;
/** With more values, redacting a message would take too long. */
const maxValues = 1000;

/** Returns a redactor without values. */
export function createRedactor(): Redactor {
  const names = new Map<string, string>();
  const redact = (text: string): string =>
    [...names].reduce((rest, [value, name]) => rest.replaceAll(value, () => `\${${name}}`), text);
  return {
    add(name, value = '') {
      if (value.length < minLength || harmless.test(value) || names.size >= maxValues) return;
      if (!names.has(value)) names.set(value, name);
    },
    redact,
    redactError(error) {
      if (!(error instanceof PortplanError) || names.size === 0) return error;
      const { code, message, hint, reason, location, exitCode } = error;
      const redactedMessage = redact(message);
      const redactedHint = hint === undefined ? undefined : redact(hint);
      if (redactedMessage === message && redactedHint === hint) return error;
      const details = { hint: redactedHint, reason, location, exitCode };
      return new PortplanError(code, redactedMessage, details);
    },
  };
}
