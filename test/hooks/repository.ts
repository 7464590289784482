import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Result, type RunOptions, run, runOrThrow } from '../rig/run.ts';
import { tempFolder } from '../rig/temp.ts';

/** A Git repository in a temporary folder, which is removed on disposal. */
export interface Repository extends AsyncDisposable {
  readonly path: string;
  /** Default environment of commands. */
  readonly env: NodeJS.ProcessEnv;
  /** Writes files (name → text) and stages them. */
  add(files: Readonly<Record<string, string>>): Promise<void>;
  /** Removes files and stages the removal. */
  remove(...names: readonly string[]): Promise<void>;
  /** Commits the staged changes without running hooks. */
  commit(): Promise<void>;
  /** Runs a command in the repository; resolves with any exit code. */
  run(command: string, args: readonly string[], options?: RunOptions): Promise<Result>;
  /** As `run`, but rejects with the output if the exit code is not 0. */
  runOrThrow(command: string, args: readonly string[], options?: RunOptions): Promise<Result>;
}

/** Creates a repository in which `files` are staged. */
export async function repository(files: Readonly<Record<string, string>>): Promise<Repository> {
  const folder = await tempFolder();
  const env = toolEnvironment();
  const defaults = { cwd: folder.path, env, timeoutMs: 60_000 };
  const git = (...args: readonly string[]) => runOrThrow('git', args, defaults);
  await git('init', '--quiet');
  const created: Repository = {
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
    run: (command, args, options) => run(command, args, { ...defaults, ...options }),
    runOrThrow: (command, args, options) => runOrThrow(command, args, { ...defaults, ...options }),
    [Symbol.asyncDispose]: folder[Symbol.asyncDispose],
  };
  await created.add(files);
  return created;
}

/**
 * Commits this project, as it is on disk, to a new repository at `path`, and returns the commit hash.
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
 * Returns the environment of this process without variables that affect git, npm or portplan (`npm test` sets npm's, a
 * Git hook sets git's), and without the user's Git configuration.
 */
function toolEnvironment(env: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  return {
    ...Object.fromEntries(Object.entries(env).filter(([name]) => !excluded.test(name))),
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'test',
    GIT_AUTHOR_EMAIL: 'test@localhost',
    GIT_COMMITTER_NAME: 'test',
    GIT_COMMITTER_EMAIL: 'test@localhost',
  };
}

const excluded =
  /^(npm_(?!config_)|npm_config_(local_|global_)?prefix$|(git|docker|compose|portplan|pre_commit|github|gitlab)_|(ci|init_cwd|node_env)$)/i;
