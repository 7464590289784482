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

/** One YAML document of a file: its syntax tree and the target of every alias. */
export interface ParsedDocument {
  readonly source: SourceFile;
  /** `undefined` if the document is empty. */
  readonly root: Node | undefined;
  readonly targets: ReadonlyMap<Alias, Node>;
}

/**
 * Parses the documents of a file. Scalars stay text, because Compose resolves them in its own way (scalar.ts).
 * @throws PortplanError `invalid-input` with a location: invalid YAML, a duplicate key, an unknown anchor.
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

  const reindented = reindent(source.text);
  const retried = reindented === undefined ? [] : parseText(reindented.text);
  if (reindented === undefined || errorsOf(retried).length > 0) {
    throw syntaxError(source, error.pos[0], describe(error));
  }
  return { documents: retried, toOriginal: reindented.toOriginal };
}

interface Parsed {
  readonly documents: readonly Document.Parsed[];
  /** Maps an offset in the parsed text to one in the file. */
  toOriginal(offset: number): number;
}

/** Compose accepts `"80:80"#comment`; the parser reads the comment but reports an error. */
function errorsOf(documents: readonly Document.Parsed[]): readonly YAMLError[] {
  return documents
    .flatMap(({ errors }) => errors)
    .filter(({ message }) => !message.startsWith('Comments must be separated from other tokens'));
}

function parseText(text: string): readonly Document.Parsed[] {
  const { stackTraceLimit } = Error;
  // The parser creates an error object for every problem, and the stack trace is most of its cost.
  Error.stackTraceLimit = 0;
  try {
    return parseAllDocuments(text, {
      schema: 'failsafe',
      // link() finds duplicates in one pass; the parser compares every key with every other.
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: 'silent',
    });
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** Compose's YAML reader accepts tabs, line ends and NEL, but no other control character. */
function rejectControlCharacters(source: SourceFile): void {
  const found = /[^\P{Cc}\t\n\r\u0085]/u.exec(source.text);
  if (found === null) return;
  const code = found[0].charCodeAt(0).toString(16).padStart(2, '0');
  throw syntaxError(source, found.index, `control character 0x${code}`);
}

/** The parser needs 1 kB and 10 µs per node; the largest files that people write have a tenth of this number. */
const maxNodes = 40_000;

/** Counts lines, items and brackets: a file has at most about twice as many nodes. */
function rejectTooManyNodes(source: SourceFile): void {
  let count = 0;
  for (const { index } of source.text.matchAll(/[\n,[{]/g)) {
    count += 1;
    if (count > maxNodes) {
      throw syntaxError(source, index, `more than ${maxNodes} lines and items`, 'too-large');
    }
  }
}

/** Checked before parsing, because the parser needs seconds to fail. Brackets in strings count too, but come in pairs. */
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
        throw syntaxError(source, node.range?.[0] ?? 0, `anchor "${node.source}" contains itself`);
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
  const offsets = new Map<string, number>();
  for (const { key } of map.items) {
    if (!isScalar(key)) continue;
    const name = String(key.value);
    const start = key.range?.[0] ?? 0;
    const earlier = offsets.get(name);
    if (earlier !== undefined) {
      const { line } = toLocation({ source, start: earlier, end: earlier });
      throw syntaxError(
        source,
        start,
        `duplicate key "${name}", first defined at line ${line}`,
        'duplicate-key',
      );
    }
    offsets.set(name, start);
  }
}

function syntaxError(
  source: SourceFile,
  offset: number,
  detail: string,
  reason = 'invalid-yaml',
): PortplanError {
  return new PortplanError('invalid-input', `invalid YAML in ${source.file}: ${detail}`, {
    reason,
    hint: 'fix the file; Compose does not load it either',
    location: toLocation({ source, start: offset, end: offset }),
  });
}
