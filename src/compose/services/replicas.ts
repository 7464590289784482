import { PortplanError } from '../../errors.ts';
import type { Warnings } from '../warnings.ts';
import { toLocation } from '../yaml/source.ts';
import { get, isNull, type TreeNode } from '../yaml/tree.ts';

/**
 * Returns the number of containers of a service: `scale`, else `deploy.replicas`, else 1; `undefined` if it depends on an
 * unset variable. Rules: compose-go, loader/validate.go.
 * @throws PortplanError `invalid-input`, reason `scale-mismatch` or `schema`.
 */
export function readReplicas(
  name: string,
  service: TreeNode,
  warnings: Warnings,
): number | undefined {
  const scale = readCount(get(service, 'scale'), warnings);
  const replicas = readCount(get(get(service, 'deploy'), 'replicas'), warnings);
  if (scale === 'unknown' || replicas === 'unknown') return undefined;
  if (scale !== undefined && replicas !== undefined && scale !== replicas) {
    throw invalidReplicas(
      service,
      'scale-mismatch',
      `service "${name}" has scale ${scale} but deploy.replicas ${replicas}`,
    );
  }
  const count = scale ?? replicas ?? 1;
  if (count > 1 && !isNull(get(service, 'container_name'))) {
    const message = `service "${name}" has a container_name, but ${count} containers`;
    warnings.reject('container-name-scale', message, toLocation(service.position));
  }
  return count;
}

function readCount(node: TreeNode | undefined, warnings: Warnings): number | 'unknown' | undefined {
  if (node === undefined || isNull(node)) return undefined;
  const text = node.kind === 'scalar' ? node.text : '';
  if (node.kind === 'scalar' && node.unset.length > 0) {
    const message = `unknown number of containers: ${node.unset.join(', ')} is not set`;
    warnings.reject('unset-variable', message, toLocation(node.position));
    return 'unknown';
  }
  // Compose accepts a float such as 2.0.
  if (/^\+?\d{1,9}$/.test(text)) return Number(text);
  if (node.kind === 'scalar' && node.type === 'float' && /^\d{1,9}\.0*$/.test(text)) {
    return Number(text);
  }
  throw invalidReplicas(node, 'schema', `invalid number of containers "${text}"`);
}

function invalidReplicas(node: TreeNode, reason: string, message: string): PortplanError {
  return new PortplanError('invalid-input', message, {
    reason,
    hint: 'set one integer, in scale or in deploy.replicas',
    location: toLocation(node.position),
  });
}
