import { PortplanError } from '../errors.ts';
import { locationOf } from './source.ts';
import { get, isNull, type TreeNode } from './tree.ts';

/**
 * How many containers a service starts: `scale`, else `deploy.replicas`, else one; nothing where an unset variable
 * decides. Rules: compose-go, loader/validate.go.
 * @throws PortplanError `invalid-input`, reason `scale-mismatch`, `container-name-scale` or `schema`.
 */
export function readReplicas(name: string, service: TreeNode): number | undefined {
  const scale = readCount(get(service, 'scale'));
  const replicas = readCount(get(get(service, 'deploy'), 'replicas'));
  if (scale === 'unknown' || replicas === 'unknown') return undefined;
  if (scale !== undefined && replicas !== undefined && scale !== replicas) {
    throw fault(service, 'scale-mismatch', `"${name}" has scale ${scale} and replicas ${replicas}`);
  }
  const count = scale ?? replicas ?? 1;
  if (count > 1 && !isNull(get(service, 'container_name'))) {
    const why = `"${name}" has a container_name, which cannot be given to ${count} containers`;
    throw fault(service, 'container-name-scale', why);
  }
  return count;
}

function readCount(node: TreeNode | undefined): number | 'unknown' | undefined {
  if (node === undefined || isNull(node)) return undefined;
  if (node.kind === 'scalar' && node.unset.length > 0) return 'unknown';
  const text = node.kind === 'scalar' ? node.text : '';
  if (/^\+?\d{1,9}$/.test(text)) return Number(text);
  throw fault(node, 'schema', `"${text}" is not a number of containers`);
}

function fault(node: TreeNode, reason: string, why: string): PortplanError {
  return new PortplanError('invalid-input', why, {
    reason,
    hint: 'give one number, in scale or in deploy.replicas, and no container_name above one',
    location: locationOf(node.place),
  });
}
