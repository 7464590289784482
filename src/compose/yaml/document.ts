import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Node,
  parseAllDocuments,
  type YAMLError,
  type YAMLMap,
} from 'yaml';
import { PortplanError } from '../../errors.ts';
import { guardNesting, nestingTooDeep } from './nesting-limit.ts';
import { reindent } from './reindent.ts';
import { type SourceFile, toLocation } from './source.ts';

/** One YAML document of a file: its syntax tree, and what every alias in it stands for. */
export interface ParsedDocument {
  readonly source: SourceFile;
  /** Absent where the document is empty. */
  readonly root: Node | undefined;
  readonly targets: ReadonlyMap<Alias, Node>;
}

/**
 * Parses the documents of a file. Scalars stay text, because their meaning is Compose's own (scalar.ts).
 * @throws PortplanError `invalid-input` with the place: broken YAML, a key twice in one mapping, an unknown alias.
 */
export function parseDocuments(source: SourceFile): readonly ParsedDocument[] {
  return guardNesting(source.file, () => {
    const { documents, toOriginal } = parse(source);
    return documents.map((document) => link(source, document, toOriginal));
  });
}

function parse(source: SourceFile): Parsed {
  rejectControlCharacters(source);
  rejectTooManyNodes(source);
  rejectDeepNesting(source);
  const documents = parseText(source.text);
  const [error] = errorsOf(documents);
  if (error === undefined) return { documents, toOriginal: (offset) => offset };

  const moved = reindent(source.text);
  const again = moved === undefined ? [] : parseText(moved.text);
  if (moved === undefined || errorsOf(again).length > 0) {
    throw syntaxError(source, error.pos[0], describe(error));
  }
  return { documents: again, toOriginal: moved.toOriginal };
}

interface Parsed {
  readonly documents: readonly Document.Parsed[];
  /** From an offset in what was parsed to the one in the file. */
  toOriginal(offset: number): number;
}

/** Compose takes `"80:80"#comment`; the comment is read as one here too. */
function errorsOf(documents: readonly Document.Parsed[]): readonly YAMLError[] {
  return documents
    .flatMap(({ errors }) => errors)
    .filter(({ message }) => !message.startsWith('Comments must be separated from other tokens'));
}

function parseText(text: string): readonly Document.Parsed[] {
  const { stackTraceLimit } = Error;
  // The parser makes an error for every fault of a file, and what costs most of that is the stack.
  Error.stackTraceLimit = 0;
  try {
    return parseAllDocuments(text, {
      schema: 'failsafe',
      // Found in link(), in one pass: the parser would compare every key with every other one.
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: 'silent',
    });
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** Compose's reader takes tabs, line ends and NEL, and no other control character. */
function rejectControlCharacters(source: SourceFile): void {
  const found = /[^\P{Cc}\t\n\r\u0085]/u.exec(source.text);
  if (found === null) return;
  const code = found[0].charCodeAt(0).toString(16).padStart(2, '0');
  throw syntaxError(source, found.index, `it holds the control character 0x${code}`);
}

/** A node takes the parser a kilobyte of memory and 10 µs; the largest files that people write have a tenth of these. */
const maxNodes = 40_000;

/** Lines, items and brackets: no file has more nodes than about twice as many. */
function rejectTooManyNodes(source: SourceFile): void {
  let parts = 0;
  for (const { index } of source.text.matchAll(/[\n,[{]/g)) {
    parts += 1;
    if (parts > maxNodes) {
      throw syntaxError(source, index, `it has more than ${maxNodes} lines and items`, 'too-large');
    }
  }
}

/** Found before the parser, which needs seconds to fail. Brackets in texts count, and yet come in pairs. */
function rejectDeepNesting({ file, text }: SourceFile): void {
  if (/(?:[-?] ){500}/.test(text)) throw nestingTooDeep(file);
  let depth = 0;
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    depth = bracket === '[' || bracket === '{' ? depth + 1 : Math.max(0, depth - 1);
    if (depth > 2000) throw nestingTooDeep(file);
  }
}

function describe({ message }: YAMLError): string {
  return `${message.charAt(0).toLowerCase()}${message.slice(1)}`;
}

function link(
  source: SourceFile,
  document: Document.Parsed,
  toOriginal: Parsed['toOriginal'],
): ParsedDocument {
  const anchors = new Map<string, Node>();
  const open = new Set<Node>();
  const targets = new Map<Alias, Node>();
  const visit = (node: unknown): void => {
    if (isNode(node)) restoreRange(node, toOriginal);
    if (isAlias(node)) {
      const target = anchors.get(node.source);
      if (target === undefined) {
        throw syntaxError(source, node.range?.[0] ?? 0, `unknown anchor "${node.source}"`);
      }
      if (open.has(target)) {
        throw syntaxError(
          source,
          node.range?.[0] ?? 0,
          `the anchor "${node.source}" contains itself`,
        );
      }
      targets.set(node, target);
      return;
    }
    if (!isScalar(node) && !isMap(node) && !isSeq(node)) return;
    if (node.anchor !== undefined) anchors.set(node.anchor, node);
    if (isScalar(node)) return;
    open.add(node);
    if (isMap(node)) {
      rejectDuplicateKeys(source, node);
      for (const { key, value } of node.items) {
        visit(key);
        visit(value);
      }
    } else {
      for (const item of node.items) visit(item);
    }
    open.delete(node);
  };
  visit(document.contents);
  return { source, root: document.contents ?? undefined, targets };
}

function restoreRange(node: Node, toOriginal: Parsed['toOriginal']): void {
  if (!node.range) return;
  const [start, valueEnd, nodeEnd] = node.range;
  node.range = [toOriginal(start), toOriginal(valueEnd), toOriginal(nodeEnd)];
}

function rejectDuplicateKeys(source: SourceFile, map: YAMLMap): void {
  const places = new Map<string, number>();
  for (const { key } of map.items) {
    if (!isScalar(key)) continue;
    const name = String(key.value);
    const start = key.range?.[0] ?? 0;
    const earlier = places.get(name);
    if (earlier !== undefined) {
      const { line } = toLocation({ source, start: earlier, end: earlier });
      throw syntaxError(
        source,
        start,
        `the key "${name}" is already defined at line ${line}`,
        'duplicate-key',
      );
    }
    places.set(name, start);
  }
}

function syntaxError(
  source: SourceFile,
  offset: number,
  why: string,
  reason = 'invalid-yaml',
): PortplanError {
  return new PortplanError('invalid-input', `${source.file} is not valid: ${why}`, {
    reason,
    hint: 'correct the file; every tool that reads it will stop here',
    location: toLocation({ source, start: offset, end: offset }),
  });
}
