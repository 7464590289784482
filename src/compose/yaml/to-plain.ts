import { entriesOf, type TreeNode } from './tree.ts';

/** Returns a node as plain data (objects, arrays, strings, numbers, booleans, null); `undefined` if it is missing. */
export function toPlain(node: TreeNode | undefined): unknown {
  switch (node?.kind) {
    case undefined:
    case 'opaque':
      return undefined;
    case 'list':
      return node.items.map(toPlain);
    case 'map':
      // fromEntries defines a key named __proto__ like any other.
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
