import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  parseAllDocuments,
  type YAMLError,
  type YAMLMap,
} from 'yaml';
import { PortplanError } from '../errors.ts';
import { locationOf, type Source } from './source.ts';

/** One YAML document of a file: its syntax tree, and what every alias in it stands for. */
export interface ParsedDocument {
  readonly source: Source;
  /** Absent where the document is empty. */
  readonly root: Node | undefined;
  readonly targets: ReadonlyMap<Alias, Node>;
}

/**
 * Parses the documents of a file. Scalars stay text, because their meaning is Compose's own (scalar.ts).
 * @throws PortplanError `invalid-input` with the place: broken YAML, a key twice in one mapping, an unknown alias.
 */
export function parseDocuments(source: Source): readonly ParsedDocument[] {
  return withinStack(source, () => parse(source).map((document) => link(source, document)));
}

/**
 * Runs a walk over a tree whose depth the file decides.
 * @throws PortplanError `invalid-input` where the tree is too deep for the stack.
 */
export function withinStack<Result>(source: Source, walk: () => Result): Result {
  try {
    return walk();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new PortplanError('invalid-input', `${source.file} is nested too deeply`, {
      reason: 'invalid-yaml',
      hint: 'flatten the file',
      location: { file: source.file, line: 1, column: 1 },
    });
  }
}

function parse(source: Source): readonly Document.Parsed[] {
  const documents: readonly Document.Parsed[] = parseAllDocuments(source.text, {
    schema: 'failsafe',
    // Found in link(), in one pass: the parser would compare every key with every other one.
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
  });
  for (const { errors } of documents) {
    for (const error of errors) throw syntaxError(source, error.pos[0], describe(error));
  }
  return documents;
}

function describe({ message }: YAMLError): string {
  return `${message.charAt(0).toLowerCase()}${message.slice(1)}`;
}

function link(source: Source, document: Document.Parsed): ParsedDocument {
  const anchors = new Map<string, Node>();
  const targets = new Map<Alias, Node>();
  const visit = (node: unknown): void => {
    if (isAlias(node)) {
      const target = anchors.get(node.source);
      if (target === undefined) {
        throw syntaxError(source, node.range?.[0] ?? 0, `unknown anchor "${node.source}"`);
      }
      targets.set(node, target);
      return;
    }
    if (!isScalar(node) && !isMap(node) && !isSeq(node)) return;
    if (node.anchor !== undefined) anchors.set(node.anchor, node);
    if (isMap(node)) {
      refuseDuplicates(source, node);
      for (const { key, value } of node.items) {
        visit(key);
        visit(value);
      }
    } else if (isSeq(node)) {
      for (const item of node.items) visit(item);
    }
  };
  visit(document.contents);
  return { source, root: document.contents ?? undefined, targets };
}

function refuseDuplicates(source: Source, map: YAMLMap): void {
  const places = new Map<string, number>();
  for (const { key } of map.items) {
    if (!isScalar(key)) continue;
    const name = String(key.value);
    const start = key.range?.[0] ?? 0;
    const earlier = places.get(name);
    if (earlier !== undefined) {
      const { line } = locationOf({ source, start: earlier, end: earlier });
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
  source: Source,
  offset: number,
  why: string,
  reason = 'invalid-yaml',
): PortplanError {
  return new PortplanError('invalid-input', `${source.file} is not valid: ${why}`, {
    reason,
    hint: 'correct the file; every tool that reads it will stop here',
    location: locationOf({ source, start: offset, end: offset }),
  });
}
