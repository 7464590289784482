import { entriesOf, type TreeNode } from './tree.ts';

/** A node as plain data: objects, arrays, text, numbers, booleans and null; nothing for a missing node. */
export function toPlain(node: TreeNode | undefined): unknown {
  switch (node?.kind) {
    case undefined:
    case 'opaque':
      return undefined;
    case 'list':
      return node.items.map(toPlain);
    case 'map':
      // A key may be called __proto__: fromEntries defines it as any other.
      return Object.fromEntries([...entriesOf(node)].map(([key, value]) => [key, toPlain(value)]));
    case 'scalar':
      return scalarValue(node);
    default:
      return node satisfies never;
  }
}

function scalarValue({ type, text }: Extract<TreeNode, { kind: 'scalar' }>): unknown {
  switch (type) {
    case 'integer':
    case 'float':
      return Number(text);
    case 'boolean':
      return text.toLowerCase() === 'true';
    case 'null':
      return null;
    case 'string':
    case 'timestamp':
      return text;
    default:
      return type satisfies never;
  }
}
