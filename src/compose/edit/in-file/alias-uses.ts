import { isAlias, isMap, isScalar, isSeq, type Node } from 'yaml';
import type { CompleteOptions } from '../../options.ts';
import { type ParsedDocument, parseDocuments } from '../../yaml/document.ts';
import type { SourceRange } from '../../yaml/source.ts';
import { readTextIfExists } from '../virtual-files.ts';

/** Answers which anchors of Compose files are used outside `ports`. */
export interface AliasUses {
  /** Returns whether an alias outside `ports` refers to the value at this range. */
  outsidePorts(range: SourceRange): boolean;
}

/** Returns the alias uses of a project's files; parses each file on first use. */
export function findAliasUses({ fileSystem, parsed }: CompleteOptions): AliasUses {
  const cache = new Map<string, ReadonlySet<number>>();
  const usedIn = (path: string): ReadonlySet<number> => {
    const cached = cache.get(path);
    if (cached !== undefined) return cached;
    const documents = parsed.get(path) ?? readDocuments(path);
    const used = new Set(documents.flatMap((document) => [...usedOutsidePorts(document)]));
    cache.set(path, used);
    return used;
  };
  const readDocuments = (path: string) => {
    const text = readTextIfExists(fileSystem, path) ?? '';
    // As in the loader, a lone carriage return ends a line.
    return parseDocuments({ path, file: path, text: text.replace(/\r(?!\n)/g, '\n') });
  };
  return { outsidePorts: ({ path, start }) => usedIn(path).has(start) };
}

/** Start offsets of the values that aliases outside `ports` refer to. */
function usedOutsidePorts({ root, targets }: ParsedDocument): ReadonlySet<number> {
  const used = new Set<number>();
  if (targets.size === 0) return used;
  const visit = (node: Node | null | undefined): void => {
    if (isAlias(node)) {
      const target = targets.get(node);
      if (target?.range) used.add(target.range[0]);
    } else if (isSeq(node)) {
      for (const item of node.items) visit(item as Node);
    } else if (isMap(node)) {
      for (const { key, value } of node.items) {
        const isPorts = isScalar(key) && key.value === 'ports';
        if (!isPorts) visit(value as Node | null);
      }
    }
  };
  visit(root);
  return used;
}
