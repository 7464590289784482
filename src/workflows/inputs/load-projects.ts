import { existsSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { defaultFileNames, isProjectFileName } from '../../compose/files/find-files.ts';
import { loadProject } from '../../compose/load.ts';
import type { ComposeOptions } from '../../compose/options.ts';
import type { ComposeProject } from '../../compose/project.ts';
import type { ParsedDocument } from '../../compose/yaml/document.ts';
import { attempt, PortplanError } from '../../errors.ts';
import type { OnProgress } from '../../model/findings/progress.ts';
import { describeProjectsBelow } from './projects-below.ts';

/** The Compose flags, as for `docker compose`. */
export type ComposeFlags = Pick<
  ComposeOptions,
  'files' | 'profiles' | 'envFiles' | 'projectDirectory' | 'projectName' | 'services'
>;

export interface ProjectRequest extends ComposeFlags {
  /** Folders and files; empty: the project of the working directory, if any. */
  readonly paths: readonly string[];
  readonly strict?: boolean | undefined;
  readonly cwd?: string | undefined;
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  readonly onProgress?: OnProgress | undefined;
}

/** A project and the options that load it again. */
export interface LoadedProject {
  readonly project: ComposeProject;
  readonly options: ComposeOptions;
}

/** The loaded projects, and notes on the paths that were skipped. */
export interface LoadedProjects {
  readonly projects: readonly LoadedProject[];
  readonly notes: readonly string[];
}

/**
 * Loads the projects of paths. A folder, a file with a default or override name, and a `.env` stand for the project of
 * their folder, which is loaded once. Any other file is loaded alone or, if that fails, over its folder's base file.
 * @throws PortplanError with the location of the error
 */
export function loadProjects({
  paths,
  cwd = process.cwd(),
  env = process.env,
  onProgress,
  ...flags
}: ProjectRequest): LoadedProjects {
  const base: ComposeOptions = {
    cwd,
    shownFrom: cwd,
    // process.env calls the system for each variable, and each project reads all of them.
    env: { ...env },
    ...flags,
    parsed: new Map<string, readonly ParsedDocument[]>(),
  };
  if (paths.length === 0) return { projects: [load(base)], notes: [] };
  const notes: string[] = [];
  const loaded = new Map<string, LoadedProject>();
  for (const [index, path] of paths.entries()) {
    onProgress?.({ of: 'files', done: index, total: paths.length });
    const target = targetFileOf(path, cwd);
    if (target.kind === 'deleted') notes.push(`${path} no longer exists`);
    else if (loaded.has(target.key)) continue;
    else if (target.kind === 'stdin') loaded.set(target.key, load({ ...base, files: ['-'] }));
    else if (target.kind === 'file') loaded.set(target.key, loadFile(path, base, notes));
    else {
      const project = loadFolder(path, target.folder, base, notes);
      if (project !== undefined) loaded.set(target.key, project);
    }
  }
  return { projects: [...loaded.values()], notes };
}

function load(options: ComposeOptions): LoadedProject {
  return { project: loadProject(options), options };
}

type TargetFile =
  | { readonly kind: 'folder'; readonly folder: string; readonly key: string }
  | { readonly kind: 'file'; readonly key: string }
  | { readonly kind: 'stdin'; readonly key: string }
  /** A default file that was the last of its folder, and was deleted in the change that is checked. */
  | { readonly kind: 'deleted' };

/** Whether the file stands for the whole project of its folder. */
function standsForFolder(path: string): boolean {
  return isProjectFileName(path) || basename(path) === '.env';
}

function targetFileOf(path: string, cwd: string): TargetFile {
  if (path === '-') return { kind: 'stdin', key: '-' };
  const full = resolve(cwd, path);
  if (existsSync(full) && statSync(full).isDirectory()) return toFolderTarget(full);
  if (standsForFolder(full) && existsSync(dirname(full))) {
    return existsSync(full) || hasDefaultFile(dirname(full))
      ? toFolderTarget(dirname(full))
      : { kind: 'deleted' };
  }
  if (existsSync(full)) return { kind: 'file', key: `file ${realpathSync(full)}` };
  throw new PortplanError('invalid-input', `${path} does not exist`, {
    reason: 'file-not-found',
    hint: 'expected a Compose file, a folder with one, a port or an image',
  });
}

function toFolderTarget(folder: string): TargetFile {
  return { kind: 'folder', folder, key: `folder ${realpathSync(folder)}` };
}

function hasDefaultFile(folder: string): boolean {
  return defaultFileNames.some((name) => existsSync(resolve(folder, name)));
}

function loadFolder(
  path: string,
  folder: string,
  base: ComposeOptions,
  notes: string[],
): LoadedProject | undefined {
  if (hasDefaultFile(folder)) return load({ ...base, cwd: folder });
  // A folder may have a .env or an override without being a project by itself.
  if (basename(path) !== '.env' && !existsSync(resolve(folder, basename(path)))) {
    throw new PortplanError('invalid-input', `${path} has no Compose file`, {
      reason: 'no-config-file',
      hint:
        describeProjectsBelow(folder, 'portplan check', path) ??
        `expected one of ${defaultFileNames.join(', ')}`,
    });
  }
  if (basename(path) !== '.env') return loadFile(resolve(folder, basename(path)), base, notes);
  notes.push(`${path} skipped: no Compose file in its folder`);
  return undefined;
}

/** Loads a file alone or, if Compose would reject that, over its folder's base file. */
function loadFile(path: string, base: ComposeOptions, notes: string[]): LoadedProject {
  const file = resolve(base.cwd, path);
  const alone = attempt(() => load({ ...base, files: [file] }));
  const baseFile = defaultFileNames
    .map((name) => resolve(dirname(file), name))
    .find((name) => name !== file && existsSync(name));
  if (baseFile !== undefined && loadErrors(alone) > 0) {
    const combined = attempt(() => load({ ...base, files: [baseFile, file] }));
    if (!(combined instanceof PortplanError) && loadErrors(combined) < loadErrors(alone)) {
      notes.push(`${path} does not load alone; checked on top of ${basename(baseFile)}`);
      return combined;
    }
  }
  if (alone instanceof PortplanError) throw alone;
  return alone;
}

/** Returns the number of reasons why Compose would reject it; `Infinity` if it cannot be loaded at all. */
function loadErrors(loaded: LoadedProject | PortplanError): number {
  if (loaded instanceof PortplanError) return Number.POSITIVE_INFINITY;
  return loaded.project.warnings.filter(({ code }) => code === 'compose-refuses').length;
}
