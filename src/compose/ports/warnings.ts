import type { ComposeService } from '../project.ts';
import type { Warnings } from '../warnings.ts';
import { toLocation } from '../yaml/source.ts';
import { entriesOf, get, itemsOf, type ScalarNode, type TreeNode } from '../yaml/tree.ts';

/** Warns about valid ports with unset variables, and about text that other YAML or Compose versions read differently. */
export function warnAboutPorts(
  model: TreeNode,
  services: readonly ComposeService[],
  warnings: Warnings,
): void {
  for (const { name, unknownPorts } of services) {
    for (const { variables, location } of unknownPorts) {
      const unset = `${variables.join(', ')} ${variables.length === 1 ? 'is' : 'are'} not set`;
      warnings.warn('unset-variable', `a port of "${name}" is unknown: ${unset}`, location);
    }
    for (const item of itemsOf(get(get(get(model, 'services'), name), 'ports'))) {
      for (const scalar of scalarsOf(item)) warnAboutScalar(scalar, warnings);
      if (item.kind === 'scalar') warnAboutBase60(item, warnings);
    }
  }
}

function scalarsOf(node: TreeNode): readonly ScalarNode[] {
  if (node.kind === 'scalar') return [node];
  return [...entriesOf(node)].flatMap(([, value]) => (value.kind === 'scalar' ? [value] : []));
}

function warnAboutScalar({ rejectedByOlder, raw, position }: ScalarNode, warnings: Warnings): void {
  if (!rejectedByOlder) return;
  const message = `Compose before 5.0.2 rejects "${raw}": it requires the inner variable too`;
  warnings.warn('version-difference', message, toLocation(position));
}

/** YAML 1.1 has integers in base 60: it reads `22:22` as 1342. */
function warnAboutBase60({ isPlain, raw, position }: ScalarNode, warnings: Warnings): void {
  if (!isPlain || !/^[1-9]\d*(:[0-5]?\d)+$/.test(raw)) return;
  const value = raw.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
  const message = `YAML 1.1 readers parse ${raw} as the number ${value}: quote it`;
  warnings.warn('base-60', message, toLocation(position));
}
