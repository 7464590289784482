import { isAlias, isMap, isScalar, isSeq, type Node } from 'yaml';
import type { CompleteOptions } from '../../options.ts';
import { type ParsedDocument, parseDocuments } from '../../yaml/document.ts';
import type { SourceRange } from '../../yaml/source.ts';
import { readTextIfExists } from '../virtual-files.ts';

/** Who uses the anchors of compose files. */
export interface AliasUses {
  /** Whether something else than a list of ports has its value from this place. */
  outsidePorts(range: SourceRange): boolean;
}

/** Reads, when asked for a file the first time, where its aliases stand. */
export function findAliasUses({ fileSystem, parsed }: CompleteOptions): AliasUses {
  const known = new Map<string, ReadonlySet<number>>();
  const usedIn = (path: string): ReadonlySet<number> => {
    const before = known.get(path);
    if (before !== undefined) return before;
    const documents = parsed.get(path) ?? readDocuments(path);
    const used = new Set(documents.flatMap((document) => [...usedOutsidePorts(document)]));
    known.set(path, used);
    return used;
  };
  const readDocuments = (path: string) => {
    const text = readTextIfExists(fileSystem, path) ?? '';
    // As the loader reads it: a lone carriage return ends a line.
    return parseDocuments({ path, file: path, text: text.replace(/\r(?!\n)/g, '\n') });
  };
  return { outsidePorts: ({ path, start }) => usedIn(path).has(start) };
}

/** Where the values begin that aliases outside of `ports` stand for. */
function usedOutsidePorts({ root, targets }: ParsedDocument): ReadonlySet<number> {
  const used = new Set<number>();
  if (targets.size === 0) return used;
  const visit = (node: Node | null | undefined, inPorts: boolean): void => {
    if (isAlias(node)) {
      const target = targets.get(node);
      if (!inPorts && target?.range) used.add(target.range[0]);
    } else if (isSeq(node)) {
      for (const item of node.items) visit(item as Node, inPorts);
    } else if (isMap(node)) {
      for (const { key, value } of node.items) {
        const isPorts = isScalar(key) && key.value === 'ports';
        visit(value as Node | null, inPorts || isPorts);
      }
    }
  };
  visit(root, false);
  return used;
}
