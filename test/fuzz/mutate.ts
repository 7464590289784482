import {
  type Arbitrary,
  array,
  constantFrom,
  double,
  nat,
  oneof,
  record,
  string,
  tuple,
} from 'fast-check';

/** Texts that break parsers: terminal escapes, bidirectional marks, numbers at limits, property names of JavaScript. */
const nasty: readonly string[] = [
  '\u0000',
  '\u001b[31m',
  '\u001b]0;owned\u0007',
  '\u009b31m',
  '\u202e',
  '\u2066',
  '\ufeff',
  '\u2028',
  '\u0085',
  '\ud800',
  '\r',
  '\r\n',
  '\n',
  '\t',
  '%0A::error::owned',
  '\n::error file=a::owned\n',
  '::',
  '%25',
  '__proto__',
  'constructor',
  'toString',
  '-1',
  '0',
  '65535',
  '65536',
  '1e9',
  '0x1f',
  '9'.repeat(400),
  '99999999999999999999',
  '1.5',
  'NaN',
  'null',
  'true',
  '',
  ' ',
  '"',
  "'",
  '\\',
  '[',
  ']',
  '{',
  '}',
  ',',
  ':',
  '-',
  '#',
  '/',
  '*',
  '&a',
  '*a',
  '=',
  '%',
  '~',
  'ä€𐍈',
];

/** One change of an input: position (0 to 1 of its length), extent and replacement. */
interface Step {
  readonly kind: 'insert' | 'replace' | 'cut' | 'repeat' | 'flip' | 'end' | 'splice';
  readonly at: number;
  readonly length: number;
  readonly word: string;
}

/** Returns inputs made from seeds by a few byte changes. `words`: further texts to insert. */
export function mutatedBytes(
  seeds: readonly Buffer[],
  words: readonly string[] = [],
): Arbitrary<Buffer> {
  const step = record({
    kind: constantFrom<Step['kind']>(
      ...(['insert', 'insert', 'replace', 'replace', 'cut', 'repeat', 'flip', 'end'] as const),
      'splice',
    ),
    at: double({ min: 0, max: 1, noNaN: true }),
    length: oneof({ weight: 9, arbitrary: nat(24) }, { weight: 1, arbitrary: nat(40_000) }),
    word: wordOf(words),
  });
  const seed = constantFrom(...seeds);
  return tuple(seed, seed, array(step, { maxLength: 6 })).map(([first, second, steps]) =>
    steps.reduce((bytes, one) => change(bytes, one, second), first),
  );
}

function wordOf(words: readonly string[]): Arbitrary<string> {
  return oneof(constantFrom(...nasty), constantFrom(...nasty, ...words), string({ maxLength: 12 }));
}

/** Maximum length of an input; large inputs have tests of their own. */
const mostBytes = 200_000;

function change(bytes: Buffer, { kind, at, length, word }: Step, other: Buffer): Buffer {
  const start = Math.floor(at * bytes.length);
  const end = Math.min(bytes.length, start + length);
  const around = (...middle: readonly Buffer[]) =>
    Buffer.concat([bytes.subarray(0, start), ...middle, bytes.subarray(end)]);
  switch (kind) {
    case 'insert':
      return Buffer.concat([bytes.subarray(0, start), Buffer.from(word), bytes.subarray(start)]);
    case 'replace':
      return around(Buffer.from(word));
    case 'cut':
      return around();
    case 'repeat': {
      const piece = word === '' ? bytes.subarray(start, end) : Buffer.from(word);
      const times = Math.min(length, Math.floor(mostBytes / Math.max(1, piece.length)));
      return around(...Array<Buffer>(times).fill(piece)).subarray(0, mostBytes);
    }
    case 'flip': {
      const copy = Buffer.from(bytes);
      if (start < copy.length) copy[start] = (copy[start] ?? 0) ^ (1 << (length % 8));
      return copy;
    }
    case 'end':
      return bytes.subarray(0, start);
    case 'splice':
      return Buffer.concat([
        bytes.subarray(0, start),
        other.subarray(Math.floor((at * length) % Math.max(1, other.length))),
      ]).subarray(0, mostBytes);
    default:
      return kind satisfies never;
  }
}

interface TreeStep {
  readonly kind: 'replace' | 'remove' | 'rename' | 'double' | 'wrap' | 'grow';
  /** Index of the node in the whole tree. */
  readonly at: number;
  readonly value: unknown;
  readonly word: string;
}

/** Returns JSON texts made from seeds, with nodes of another type, removed, duplicated, nested or long. */
export function mutatedJson(
  seeds: readonly Buffer[],
  words: readonly string[] = [],
): Arbitrary<Buffer> {
  const word = wordOf(words);
  const values: readonly unknown[] = [null, true, 0, -1, 1.5, 1e300, 70_000, [], {}, [null], [[]]];
  const value: Arbitrary<unknown> = oneof(
    constantFrom(...values, { a: null }, [5], ['x'], { message: 5 }, 'x'.repeat(100_000)),
    word,
  );
  const step = record({
    kind: constantFrom<TreeStep['kind']>(
      ...(['replace', 'replace', 'replace', 'remove', 'rename', 'double', 'wrap', 'grow'] as const),
    ),
    at: nat(1_000_000),
    value,
    word,
  });
  return tuple(constantFrom(...seeds), array(step, { minLength: 1, maxLength: 4 })).map(
    ([seed, steps]) => {
      const tree: unknown = steps.reduce(changeTree, { root: JSON.parse(seed.toString()) });
      return Buffer.from(JSON.stringify((tree as { root?: unknown }).root ?? null));
    },
  );
}

type Slot = readonly [holder: Record<string, unknown>, key: string];

function changeTree(tree: object, { kind, at, value, word }: TreeStep): object {
  const copy = structuredClone(tree);
  const slots = [...slotsOf(copy as Record<string, unknown>)];
  const [holder, key] = slots[at % slots.length] ?? [copy as Record<string, unknown>, 'root'];
  const old = holder[key];
  const own = (name: string, content: unknown) =>
    Object.defineProperty(holder, name, {
      ...{ value: content, enumerable: true, configurable: true, writable: true },
    });
  if (kind === 'replace') own(key, value);
  else if (kind === 'remove') delete holder[key];
  else if (kind === 'wrap') own(key, at % 2 === 0 ? [old] : { [word]: old });
  else if (kind === 'grow') own(key, Array(200).fill(old));
  else if (kind === 'double' && Array.isArray(holder)) holder.push(structuredClone(old));
  else if (!Array.isArray(holder)) {
    if (kind === 'rename') delete holder[key];
    own(word, old);
  }
  return copy;
}

function* slotsOf(holder: Record<string, unknown>): Generator<Slot> {
  for (const [key, value] of Object.entries(holder)) {
    yield [holder, key];
    if (typeof value === 'object' && value !== null)
      yield* slotsOf(value as Record<string, unknown>);
  }
}
