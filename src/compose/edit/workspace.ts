import type { FileSystem } from '../files/file-system.ts';
import { findProjectFiles } from '../files/find-files.ts';
import { loadProject } from '../load.ts';
import { type CompleteOptions, type ComposeOptions, withDefaults } from '../options.ts';
import type { ComposeProject } from '../project.ts';
import { type Environment, lookupIn } from '../variables/environment.ts';
import type { Lookup } from '../variables/interpolate.ts';
import { collectWarnings } from '../warnings.ts';
import { type VirtualFiles, withVirtualFiles } from './virtual-files.ts';

/** A loaded project that can be loaded again as it would be after an edit. */
export interface Workspace {
  readonly project: ComposeProject;
  readonly options: CompleteOptions;
  readonly fileSystem: FileSystem;
  readonly environment: Environment;
  /** Looks up the project's variables; included files may have more. */
  readonly lookup: Lookup;
  /**
   * Returns the project loaded with these texts in place of its files.
   * @throws PortplanError as `loadProject` does.
   */
  reload(texts: VirtualFiles): ComposeProject;
}

/** Returns the workspace of a project that was loaded with these options. */
export function openWorkspace(project: ComposeProject, options: ComposeOptions): Workspace {
  const complete = withDefaults(options);
  const { environment } = findProjectFiles(complete, collectWarnings({ strict: false }));
  const named = new Map(environment).set('COMPOSE_PROJECT_NAME', project.name);
  return {
    project,
    options: complete,
    fileSystem: complete.fileSystem,
    environment: named,
    lookup: lookupIn(named, complete.platform),
    reload(texts) {
      const parsed = new Map([...complete.parsed].filter(([path]) => !texts.has(path)));
      return loadProject({
        ...options,
        parsed,
        fileSystem: withVirtualFiles(complete.fileSystem, texts),
      });
    },
  };
}
