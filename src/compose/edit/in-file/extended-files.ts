import { dirname, resolve } from 'node:path';
import { isMap, isScalar } from 'yaml';
import type { CompleteOptions } from '../../options.ts';
import type { ComposeProject } from '../../project.ts';
import { parseDocuments } from '../../yaml/document.ts';
import { readTextIfExists } from '../virtual-files.ts';

/** Returns the absolute paths of the files that services of a project extend. */
export function findExtendedFiles(
  { filesRead, files }: ComposeProject,
  { fileSystem, parsed }: CompleteOptions,
): ReadonlySet<string> {
  const extended = new Set<string>();
  if (filesRead.length === files.length) return extended;
  for (const path of filesRead) {
    const documents =
      parsed.get(path) ??
      parseDocuments({ path, file: path, text: readTextIfExists(fileSystem, path) ?? '' });
    for (const { root } of documents) {
      for (const file of filesIn(root)) extended.add(resolve(dirname(path), file));
    }
  }
  return extended;
}

function filesIn(root: unknown): readonly string[] {
  const services = isMap(root) ? root.get('services') : undefined;
  if (!isMap(services)) return [];
  return services.items.flatMap(({ value }) => {
    const file = isMap(value) ? value.getIn(['extends', 'file'], true) : undefined;
    return isScalar(file) ? [String(file.value)] : [];
  });
}
