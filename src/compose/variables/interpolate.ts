import { PortplanError } from '../../errors.ts';

/** Returns the value of a variable, `undefined` if it is not set. An empty value counts as set. */
export type Lookup = (name: string) => string | undefined;

/** A template with its variables substituted. */
export interface Interpolation {
  readonly text: string;
  /** Variables that were looked up, in order, each once. */
  readonly variables: readonly string[];
  /** Unset variables without a default: Compose warns and uses empty text. */
  readonly unset: readonly string[];
  /** Compose before 5.0.2 rejects the template: it also evaluates a default that is not used (`${A:-${B:?}}`). */
  readonly rejectedByOlder: boolean;
}

/** Why a template cannot be interpolated: the `reason` of the error. */
export type TemplateErrorCode = 'required-missing' | 'invalid-template';

/**
 * Substitutes `$NAME`, `${NAME}` and `${NAME<op>word}`, where op is one of `:-` `-` `:?` `?` `:+` `+`; `$$` is a dollar
 * sign. Words may contain variables; substituted values are not scanned again. Rules: compose-go, template/template.go.
 * @throws PortplanError `invalid-input`, whose `reason` is a {@link TemplateErrorCode}.
 */
export function interpolate(template: string, lookup: Lookup): Interpolation {
  if (!template.includes('$')) return withoutVariables(template);
  const progress: Progress = {
    lookup,
    variables: new Set(),
    unset: new Set(),
    rejectedByOlder: false,
  };
  const text = fillIn(template, progress, 0);
  return {
    text,
    variables: [...progress.variables],
    unset: [...progress.unset],
    rejectedByOlder: progress.rejectedByOlder,
  };
}

interface Progress {
  readonly lookup: Lookup;
  readonly variables: Set<string>;
  readonly unset: Set<string>;
  rejectedByOlder: boolean;
}

/** Maximum nesting; keeps the recursion bounded. */
const maxDepth = 100;

function withoutVariables(text: string): Interpolation {
  return { text, variables: [], unset: [], rejectedByOlder: false };
}

function fillIn(template: string, progress: Progress, depth: number): string {
  if (depth > maxDepth) throw invalidTemplate(template, 'variables nested too deeply');
  let text = '';
  let position = 0;
  for (;;) {
    const dollar = template.indexOf('$', position);
    if (dollar < 0) return text + template.slice(position);
    const piece = readVariable(template, dollar, progress, depth);
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
  progress: Progress,
  depth: number,
): Substitution {
  const next = template[dollar + 1];
  if (next === '$') return { text: '$', end: dollar + 2 };
  if (next === '{') return readBraced(template, dollar, progress, depth);
  const name = nameAt(template, dollar + 1);
  if (name === '') return { text: '$', end: dollar + 1 };
  return { text: plainValue(name, progress), end: dollar + 1 + name.length };
}

function nameAt(text: string, position: number): string {
  const pattern = /[A-Za-z_][A-Za-z0-9_]*/y;
  pattern.lastIndex = position;
  return pattern.exec(text)?.[0] ?? '';
}

function plainValue(name: string, progress: Progress): string {
  const value = lookUp(name, progress);
  if (value === undefined) progress.unset.add(name);
  return value ?? '';
}

function lookUp(name: string, progress: Progress): string | undefined {
  progress.variables.add(name);
  return progress.lookup(name);
}

function readBraced(
  template: string,
  dollar: number,
  progress: Progress,
  depth: number,
): Substitution {
  const name = nameAt(template, dollar + 2);
  const afterName = dollar + 2 + name.length;
  if (name === '') throw invalidTemplate(template, 'expected a name after "${"');
  if (template[afterName] === '}') return { text: plainValue(name, progress), end: afterName + 1 };

  const operator = operatorAt(template, afterName);
  if (operator === undefined)
    throw invalidTemplate(template, `expected an operator or "}" after "\${${name}"`);
  const close = closingBrace(template, dollar, afterName + operator.length);
  if (close === undefined)
    throw invalidTemplate(template, `missing "}" after "\${${name}${operator}"`);
  const word = template.slice(afterName + operator.length, close);
  return { text: applyOperator({ name, operator, word }, progress, depth), end: close + 1 };
}

const operators = [':-', ':?', ':+', '-', '?', '+'] as const;
type Operator = (typeof operators)[number];

function operatorAt(template: string, position: number): Operator | undefined {
  return operators.find((operator) => template.startsWith(operator, position));
}

/**
 * Returns the offset of the brace that closes the variable, on the same line. Compose skips the character after a `{`,
 * so `{}` opens without closing. If the braces never balance, the last brace of the line closes.
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
  progress: Progress,
  depth: number,
): string {
  const value = lookUp(name, progress);
  const isSet = operator.startsWith(':')
    ? value !== undefined && value !== ''
    : value !== undefined;
  const usesWord = operator.endsWith('+') ? isSet : !isSet;
  if (!usesWord) {
    progress.rejectedByOlder ||= failsToFillIn(word, progress, depth + 1);
    return operator.endsWith('+') ? '' : (value ?? '');
  }
  const text = fillIn(word, progress, depth + 1);
  // The message shows the word before substitution: a value in it may be a password.
  if (operator.endsWith('?')) throw missingValue(name, word);
  return text;
}

function failsToFillIn(word: string, { lookup }: Progress, depth: number): boolean {
  if (!word.includes('${')) return false;
  try {
    const progress = { lookup, variables: new Set<string>(), unset: new Set<string>() };
    fillIn(word, { ...progress, rejectedByOlder: false }, depth);
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

function invalidTemplate(template: string, detail: string): PortplanError {
  return new PortplanError(
    'invalid-input',
    `invalid variable in "${shorten(template)}": ${detail}`,
    {
      reason: 'invalid-template' satisfies TemplateErrorCode,
      hint: `write \${NAME}, \${NAME:-default} or \${NAME:?message}; write a plain dollar sign as $$`,
    },
  );
}

/** A template may be a whole script. */
function shorten(text: string): string {
  return text.length <= 80 ? text : `${text.slice(0, 80)}…`;
}
