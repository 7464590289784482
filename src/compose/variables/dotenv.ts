import { PortplanError } from '../../errors.ts';
import { interpolate, type Lookup } from './interpolate.ts';

/**
 * Parses the text of an env file: `KEY=value` or `KEY: value` lines, optional `export`, comments, quotes and variables in
 * values. In values, `outer` wins over earlier lines; a bare `KEY` inherits its value from `outer`. The last of several
 * equal keys wins. Grammar: compose-go, dotenv/parser.go.
 * @throws PortplanError `invalid-input`, reason `invalid-env-file`; `file` is the file of its location.
 */
export function parseDotenv(
  text: string,
  file: string,
  outer: Lookup = () => undefined,
): ReadonlyMap<string, string> {
  const reader: Reader = {
    text: text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n'),
    file,
    values: new Map(),
    outer,
  };
  let position = statementStart(reader.text, 0);
  while (position < reader.text.length) {
    position = statementStart(reader.text, readStatement(reader, position));
  }
  return reader.values;
}

interface Reader {
  readonly text: string;
  readonly file: string;
  readonly values: Map<string, string>;
  readonly outer: Lookup;
}

/** Whitespace that does not end a line. */
const blanks = /[\t\v\f\r \u0085\u00A0]*/y;
const keyCharacter = /[\p{L}\p{N}_.[\]-]/u;

function statementStart(text: string, from: number): number {
  const spaceOrComment = /(?:\s+|#[^\n]*)*/y;
  spaceOrComment.lastIndex = from;
  spaceOrComment.exec(text);
  return spaceOrComment.lastIndex;
}

function skipBlanks(text: string, from: number): number {
  blanks.lastIndex = from;
  blanks.exec(text);
  return blanks.lastIndex;
}

/** Reads one statement; returns the offset after it. */
function readStatement(reader: Reader, start: number): number {
  const { text, values, outer } = reader;
  const keyStart = /export\s+/y;
  keyStart.lastIndex = start;
  const from = keyStart.test(text) ? keyStart.lastIndex : start;
  const end = keyEnd(reader, from);
  const key = text.slice(from, end).trimEnd();
  if (key.includes(' ')) throw invalidEnvFile(reader, from, 'space in a variable name');
  if (end >= text.length || text[end] === '\n') {
    const inherited = outer(key);
    if (inherited !== undefined) values.set(key, inherited);
    return end;
  }
  return readValue(reader, key, skipBlanks(text, end + 1));
}

function keyEnd(reader: Reader, from: number): number {
  let position = from;
  for (const character of reader.text.slice(from)) {
    if ('=:\n'.includes(character)) break;
    if (skipBlanks(character, 0) === 0 && !keyCharacter.test(character)) {
      throw invalidEnvFile(
        reader,
        position,
        `unexpected character "${character}" in a variable name`,
      );
    }
    position += character.length;
  }
  return position;
}

function readValue(reader: Reader, key: string, start: number): number {
  const quote = reader.text[start];
  if (quote === '"' || quote === "'") return readQuoted(reader, key, start, quote);
  const newline = reader.text.indexOf('\n', start);
  const end = newline < 0 ? reader.text.length : newline;
  const [value = ''] = reader.text.slice(start, end).split(' #', 1);
  reader.values.set(key, expand(reader, start, value.trimEnd()));
  return end;
}

function readQuoted(reader: Reader, key: string, start: number, quote: string): number {
  const { text, values } = reader;
  let value = '';
  for (let position = start + 1; position < text.length; position += 1) {
    const character = text[position];
    if (character === quote) {
      values.set(key, quote === "'" ? value : expand(reader, start, decodeEscapes(value)));
      return position + 1;
    }
    if (character === '\\' && text[position + 1] === quote) {
      value += quote;
      position += 1;
    } else if (character === '\\' && position + 1 < text.length) {
      value += text.slice(position, position + 2);
      position += 1;
    } else {
      value += character;
    }
  }
  throw invalidEnvFile(reader, start, 'missing closing quote');
}

const escapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
  // A plain dollar sign would start a variable when the value is expanded.
  $: '$$',
};

function decodeEscapes(value: string): string {
  return value.replace(/\\(?:([abcfnrtv$"\\])|0(\d{0,3}))/g, (match, letter, octal) => {
    if (letter !== undefined) return escapes[letter] ?? match;
    return /^[0-3][0-7]{2}$/.test(octal) ? String.fromCharCode(Number.parseInt(octal, 8)) : match;
  });
}

function expand(reader: Reader, position: number, value: string): string {
  const lookup: Lookup = (name) => reader.outer(name) ?? reader.values.get(name);
  try {
    return interpolate(value, lookup).text;
  } catch (error) {
    if (!(error instanceof PortplanError)) throw error;
    // The message must not show the value: it may be a password.
    const detail =
      error.reason === 'invalid-template' ? 'invalid variable in a value' : error.message;
    throw invalidEnvFile(reader, position, detail, error);
  }
}

function invalidEnvFile(
  reader: Reader,
  position: number,
  detail: string,
  cause?: unknown,
): PortplanError {
  const before = reader.text.slice(0, position);
  const line = before.split('\n').length;
  const column = position - before.lastIndexOf('\n');
  return new PortplanError('invalid-input', `invalid env file ${reader.file}: ${detail}`, {
    hint: 'write lines such as KEY=value',
    reason: 'invalid-env-file',
    location: { file: reader.file, line, column },
    cause,
  });
}
