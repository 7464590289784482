import { PortplanError } from '../../errors.ts';

/** Gives the value of a variable, or nothing when it is not set; an empty value is a value. */
export type Lookup = (name: string) => string | undefined;

/** A template with its variables filled in. */
export interface Interpolation {
  readonly text: string;
  /** The variables that were looked at, in order, each once. */
  readonly variables: readonly string[];
  /** Those among them that are not set and have no default: Compose warns and takes the empty text. */
  readonly unset: readonly string[];
  /** Compose before 5.0.2 refuses the text: it fills in a default (`${A:-${B:?}}`) that is not needed. */
  readonly rejectedByOlder: boolean;
}

/** Why a template cannot be filled in; the `reason` of the error. */
export type TemplateErrorCode = 'required-missing' | 'invalid-template';

/**
 * Fills in `$NAME`, `${NAME}` and `${NAME<op>word}` with op one of `:-` `-` `:?` `?` `:+` `+`; `$$` is a dollar sign.
 * Words may hold variables themselves. Values are never scanned again. Rules: compose-go, template/template.go.
 * @throws PortplanError `invalid-input`, whose `reason` is a {@link TemplateErrorCode}.
 */
export function interpolate(template: string, lookup: Lookup): Interpolation {
  if (!template.includes('$')) return withoutVariables(template);
  const seen: Progress = { lookup, variables: new Set(), unset: new Set(), rejectedByOlder: false };
  const text = fillIn(template, seen, 0);
  return {
    text,
    variables: [...seen.variables],
    unset: [...seen.unset],
    rejectedByOlder: seen.rejectedByOlder,
  };
}

interface Progress {
  readonly lookup: Lookup;
  readonly variables: Set<string>;
  readonly unset: Set<string>;
  rejectedByOlder: boolean;
}

/** Deeper nesting is nobody's intention, and recursion has an end. */
const maxDepth = 100;

function withoutVariables(text: string): Interpolation {
  return { text, variables: [], unset: [], rejectedByOlder: false };
}

function fillIn(template: string, seen: Progress, depth: number): string {
  if (depth > maxDepth) throw invalidTemplate(template, 'variables are nested too deeply');
  let text = '';
  let position = 0;
  for (;;) {
    const dollar = template.indexOf('$', position);
    if (dollar < 0) return text + template.slice(position);
    const piece = readVariable(template, dollar, seen, depth);
    text += template.slice(position, dollar) + piece.text;
    position = piece.end;
  }
}

interface Substitution {
  readonly text: string;
  readonly end: number;
}

function readVariable(
  template: string,
  dollar: number,
  seen: Progress,
  depth: number,
): Substitution {
  const next = template[dollar + 1];
  if (next === '$') return { text: '$', end: dollar + 2 };
  if (next === '{') return readBraced(template, dollar, seen, depth);
  const name = nameAt(template, dollar + 1);
  if (name === '') return { text: '$', end: dollar + 1 };
  return { text: plainValue(name, seen), end: dollar + 1 + name.length };
}

function nameAt(text: string, position: number): string {
  const pattern = /[A-Za-z_][A-Za-z0-9_]*/y;
  pattern.lastIndex = position;
  return pattern.exec(text)?.[0] ?? '';
}

function plainValue(name: string, seen: Progress): string {
  const value = lookUp(name, seen);
  if (value === undefined) seen.unset.add(name);
  return value ?? '';
}

function lookUp(name: string, seen: Progress): string | undefined {
  seen.variables.add(name);
  return seen.lookup(name);
}

function readBraced(template: string, dollar: number, seen: Progress, depth: number): Substitution {
  const name = nameAt(template, dollar + 2);
  const afterName = dollar + 2 + name.length;
  if (name === '') throw invalidTemplate(template, '"${" is not followed by a name');
  if (template[afterName] === '}') return { text: plainValue(name, seen), end: afterName + 1 };

  const operator = operatorAt(template, afterName);
  if (operator === undefined)
    throw invalidTemplate(template, `"\${${name}" is followed by no operator`);
  const close = closingBrace(template, dollar, afterName + operator.length);
  if (close === undefined) throw invalidTemplate(template, `"\${${name}${operator}" is not closed`);
  const word = template.slice(afterName + operator.length, close);
  return { text: applyOperator({ name, operator, word }, seen, depth), end: close + 1 };
}

const operators = [':-', ':?', ':+', '-', '?', '+'] as const;
type Operator = (typeof operators)[number];

function operatorAt(template: string, position: number): Operator | undefined {
  return operators.find((operator) => template.startsWith(operator, position));
}

/**
 * The brace that ends the variable, on the same line. Compose does not look at the character after a `{`, so `{}`
 * opens without closing; where the count never comes out even, the last brace of the line it is.
 */
function closingBrace(template: string, dollar: number, wordStart: number): number | undefined {
  const newline = template.indexOf('\n', wordStart);
  const lineEnd = newline < 0 ? template.length : newline;
  const last = template.lastIndexOf('}', lineEnd - 1);
  if (last < wordStart) return undefined;
  let open = 0;
  for (let position = dollar; position <= last; position += 1) {
    if (template[position] === '}') {
      open -= 1;
      if (open === 0) return position;
    } else if (template[position] === '{') {
      open += 1;
      position += 1;
    }
  }
  return last;
}

interface Expression {
  readonly name: string;
  readonly operator: Operator;
  readonly word: string;
}

function applyOperator(
  { name, operator, word }: Expression,
  seen: Progress,
  depth: number,
): string {
  const value = lookUp(name, seen);
  const given = operator.startsWith(':')
    ? value !== undefined && value !== ''
    : value !== undefined;
  const wanted = operator.endsWith('+') ? given : !given;
  if (!wanted) {
    seen.rejectedByOlder ||= failsToFillIn(word, seen, depth + 1);
    return operator.endsWith('+') ? '' : (value ?? '');
  }
  const text = fillIn(word, seen, depth + 1);
  // As it is written: a value in it may be a password.
  if (operator.endsWith('?')) throw missingValue(name, word);
  return text;
}

function failsToFillIn(word: string, { lookup }: Progress, depth: number): boolean {
  if (!word.includes('${')) return false;
  try {
    const seen = { lookup, variables: new Set<string>(), unset: new Set<string>() };
    fillIn(word, { ...seen, rejectedByOlder: false }, depth);
    return false;
  } catch {
    return true;
  }
}

function missingValue(name: string, message: string): PortplanError {
  const detail = message === '' ? '' : `: ${message}`;
  return new PortplanError(
    'invalid-input',
    `required variable ${name} is missing a value${detail}`,
    {
      reason: 'required-missing' satisfies TemplateErrorCode,
      hint: `set ${name} in the environment or in an env file`,
    },
  );
}

function invalidTemplate(template: string, why: string): PortplanError {
  return new PortplanError('invalid-input', `invalid variable in "${shorten(template)}": ${why}`, {
    reason: 'invalid-template' satisfies TemplateErrorCode,
    hint: `write \${NAME}, \${NAME:-default} or \${NAME:?message}; a plain dollar sign is $$`,
  });
}

/** A text may be a whole script. */
function shorten(text: string): string {
  return text.length <= 80 ? text : `${text.slice(0, 80)}…`;
}
