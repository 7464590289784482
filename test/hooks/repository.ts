import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Result, type RunOptions, run, runOrThrow } from '../rig/run.ts';
import { tempFolder } from '../rig/temp.ts';

/** A git repository in a temp folder, which is removed when it is disposed of. */
export interface Repository extends AsyncDisposable {
  readonly path: string;
  /** What commands get that are not told otherwise. */
  readonly env: NodeJS.ProcessEnv;
  /** Writes files (name → text) and stages them. */
  add(files: Readonly<Record<string, string>>): Promise<void>;
  /** Removes files, and stages that. */
  remove(...names: readonly string[]): Promise<void>;
  /** Commits what is staged, without any hook. */
  commit(): Promise<void>;
  /** Runs a command in it, whatever its exit code. */
  run(command: string, args: readonly string[], options?: RunOptions): Promise<Result>;
  /** As `run`, but a failure rejects with the output. */
  runOrThrow(command: string, args: readonly string[], options?: RunOptions): Promise<Result>;
}

/** Makes a repository in which `files` are staged. */
export async function repository(files: Readonly<Record<string, string>>): Promise<Repository> {
  const folder = await tempFolder();
  const env = toolEnvironment();
  const usual = { cwd: folder.path, env, timeoutMs: 60_000 };
  const git = (...args: readonly string[]) => runOrThrow('git', args, usual);
  await git('init', '--quiet');
  const made: Repository = {
    path: folder.path,
    env,
    async add(texts) {
      for (const [name, text] of Object.entries(texts)) await folder.write(name, text);
      await git('add', '--', ...Object.keys(texts));
    },
    async remove(...names) {
      for (const name of names) await rm(join(folder.path, name));
      await git('add', '--all', '--', ...names);
    },
    async commit() {
      await git('commit', '--quiet', '--no-verify', '--message=test');
    },
    run: (command, args, options) => run(command, args, { ...usual, ...options }),
    runOrThrow: (command, args, options) => runOrThrow(command, args, { ...usual, ...options }),
    [Symbol.asyncDispose]: folder[Symbol.asyncDispose],
  };
  await made.add(files);
  return made;
}

/**
 * Commits this project, as it is on the disk, to a new repository at `path`.
 * @returns the commit
 */
export async function commitThisProject(path: string): Promise<string> {
  const env = { ...toolEnvironment(), GIT_DIR: join(path, '.git'), GIT_WORK_TREE: thisProject };
  const git = (...args: readonly string[]) => runOrThrow('git', args, { cwd: thisProject, env });
  await runOrThrow('git', ['init', '--quiet', path], { env: toolEnvironment() });
  await git('add', '--all');
  await git('commit', '--quiet', '--message=portplan');
  return (await git('rev-parse', 'HEAD')).stdout.trim();
}

export const thisProject = fileURLToPath(new URL('../..', import.meta.url));

/**
 * The environment of this process without what would reach git, npm or portplan from the run of these tests (`npm test`
 * sets npm's variables, a git hook git's), and without the user's git configuration.
 */
function toolEnvironment(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  return {
    ...Object.fromEntries(Object.entries(env).filter(([name]) => !leftOut.test(name))),
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'test',
    GIT_AUTHOR_EMAIL: 'test@localhost',
    GIT_COMMITTER_NAME: 'test',
    GIT_COMMITTER_EMAIL: 'test@localhost',
  };
}

const leftOut =
  /^(npm_(?!config_)|npm_config_(local_|global_)?prefix$|(git|docker|compose|portplan|pre_commit|github|gitlab)_|(ci|init_cwd|node_env)$)/i;
