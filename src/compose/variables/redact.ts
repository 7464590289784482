import { PortplanError } from '../../errors.ts';

/** The values that variables had in the files of a project: passwords may be among them, so no message tells them. */
export interface Redactor {
  /** Remembers that a variable was filled in. */
  add(name: string, value: string | undefined): void;
  /** The text with `${NAME}` in the place of the values. */
  redact(text: string): string;
  /** The same for the words of an error; what is none of ours stays as it is. */
  redactError(error: unknown): unknown;
}

/** Shorter values stand everywhere by chance. */
const minLength = 3;
/** Numbers and addresses are what ports are made of, and are worth telling. */
const harmless = /^[\d.:/[\]-]*$|^(?:tcp|udp|sctp|true|false|host|none|bridge)$/i;
/** Of more, no message would be told in time. */
const maxValues = 1000;

/** An empty collection. */
export function createRedactor(): Redactor {
  const names = new Map<string, string>();
  const hide = (text: string): string =>
    [...names].reduce((rest, [value, name]) => rest.replaceAll(value, () => `\${${name}}`), text);
  return {
    add(name, value = '') {
      if (value.length < minLength || harmless.test(value) || names.size >= maxValues) return;
      if (!names.has(value)) names.set(value, name);
    },
    redact: hide,
    redactError(error) {
      if (!(error instanceof PortplanError) || names.size === 0) return error;
      const { code, message, hint, reason, location, exitCode } = error;
      const hidden = hide(message);
      const advice = hint === undefined ? undefined : hide(hint);
      if (hidden === message && advice === hint) return error;
      return new PortplanError(code, hidden, { hint: advice, reason, location, exitCode });
    },
  };
}
