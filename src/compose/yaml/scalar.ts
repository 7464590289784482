/** Type and text of a plain (unquoted) YAML scalar. Integers are decimal text, because they may exceed a number. */
export type PlainValue =
  | { readonly type: 'string'; readonly text: string }
  | { readonly type: 'integer'; readonly text: string }
  | { readonly type: 'float' | 'boolean' | 'null' | 'timestamp'; readonly text: string };

/**
 * Resolves a plain scalar as Compose's YAML library does (go-yaml, resolve.go): `0x50`, `0o120`, `0120`, `0b1010000` and
 * `8_0` are integers; `22:22`, `yes` and `no` are strings. This is neither the YAML 1.1 nor the YAML 1.2 schema.
 */
export function resolvePlain(text: string): PlainValue {
  const first = text[0] ?? '';
  if (nulls.has(text)) return { type: 'null', text };
  if (booleans.has(text)) return { type: 'boolean', text };
  if (!'+-.0123456789'.includes(first)) return { type: 'string', text };
  if (timestamp.test(text)) return { type: 'timestamp', text };
  const digits = text.replaceAll('_', '');
  const integer = toInteger(digits);
  if (integer !== undefined) return { type: 'integer', text: integer };
  return { type: float.test(digits) ? 'float' : 'string', text };
}

const nulls = new Set(['', '~', 'null', 'Null', 'NULL']);
const booleans = new Set(['true', 'True', 'TRUE', 'false', 'False', 'FALSE']);
const float = /^[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?$|^[-+]?\.(inf|Inf|INF)$|^\.(nan|NaN|NAN)$/;
const timestamp = /^\d{4}-\d\d?-\d\d?([Tt ].*)?$/;

/** Integer notations with their prefix in JavaScript; a leading zero alone means octal. */
const bases: readonly (readonly [pattern: RegExp, prefix: string])[] = [
  [/^0[xX]([0-9a-fA-F]+)$/, '0x'],
  [/^0[oO]?([0-7]+)$/, '0o'],
  [/^0[bB]([01]+)$/, '0b'],
  [/^(0|[1-9]\d*)$/, ''],
];

function toInteger(text: string): string | undefined {
  const negative = text.startsWith('-');
  const unsigned = text.replace(/^[-+]/, '');
  for (const [pattern, prefix] of bases) {
    const digits = pattern.exec(unsigned)?.[1];
    if (digits === undefined) continue;
    const value = BigInt(`${prefix}${digits}`);
    return `${negative ? -value : value}`;
  }
  return undefined;
}
