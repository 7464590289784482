import { hasProjectFiles } from '../../compose/files/find-files.ts';
import { withDefaults } from '../../compose/options.ts';
import { collectWarnings } from '../../compose/warnings.ts';
import type { ComposeFlags } from './load-projects.ts';

/**
 * Returns whether `check` without targets has a project to check. In a file of its own, because it loads no YAML
 * parser.
 */
export function hasProject(
  { files, projectDirectory }: ComposeFlags,
  cwd: string,
  env: NodeJS.ProcessEnv,
): boolean {
  if (files !== undefined && files.length > 0) return true;
  return hasProjectFiles(
    withDefaults({ cwd, env, projectDirectory }),
    collectWarnings({ strict: false }),
  );
}
