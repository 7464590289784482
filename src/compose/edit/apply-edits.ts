import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  linkSync,
  lstatSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path';
import { messageOf, PortplanError, systemCodeOf } from '../../errors.ts';
import type { ComposeProject } from '../project.ts';
import type { FileEdit } from './edit.ts';

/** Returns the folders in which a project's files may be written: its own and those of its Compose and env files. */
export function writableFolders(project: ComposeProject): readonly string[] {
  const files = [...project.files, ...project.envFiles].filter((path) => path !== '-');
  return [...new Set([project.directory, ...files.map((path) => dirname(path))])];
}

/**
 * Applies edits to the disk, all or none: writes every new text to a temporary file beside its target, then renames
 * them. Files keep their mode and, where the system permits it, their owner. If a step fails, the completed steps are
 * rolled back.
 * @throws PortplanError `invalid-input`, reason `file-changed` (a file is not the one that was planned for),
 *   `outside-project` (a link leads out of the folders) or `cannot-write`.
 */
export function applyEdits(edits: readonly FileEdit[], folders: readonly string[]): void {
  const roots = folders.map((folder) => realpathSync(folder));
  const steps = edits.map((edit) => prepare(edit, roots));
  const committed: Step[] = [];
  try {
    for (const step of steps) stage(step);
    for (const step of steps) requireUnchanged(step);
    for (const step of steps) {
      requireUnchanged(step);
      commit(step);
      committed.push(step);
    }
  } catch (error) {
    for (const step of committed.reverse()) rollBack(step);
    throw error;
  } finally {
    for (const { temporary } of steps) rmSync(temporary, { force: true });
  }
}

interface Step {
  readonly edit: FileEdit;
  /** Path of the file with links resolved. */
  readonly path: string;
  readonly temporary: string;
  /** The file before the edit; `undefined` if it did not exist. */
  readonly old: OldFile | undefined;
}

interface OldFile {
  readonly bytes: Buffer;
  readonly stats: Stats;
}

function prepare(edit: FileEdit, roots: readonly string[]): Step {
  return attempt(edit.path, () => {
    const path = resolveTarget(edit.path);
    if (!roots.some((root) => isBelow(path, root))) {
      throw writeError(edit.path, 'outside-project', `it links to ${path}, outside the project`);
    }
    const temporary = join(
      dirname(path),
      `.${basename(path)}.portplan-${randomBytes(6).toString('hex')}`,
    );
    const step = { edit, path, temporary, old: readOld(path) };
    requireUnchanged(step);
    return step;
  });
}

/** The path of a file, existing or new, with links resolved. A dangling link is an error. */
function resolveTarget(path: string): string {
  if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) return realpathSync(path);
  return join(realpathSync(dirname(path)), basename(path));
}

function isBelow(path: string, folder: string): boolean {
  const fromFolder = relative(folder, path);
  return fromFolder !== '' && fromFolder.split(sep)[0] !== '..' && !isAbsolute(fromFolder);
}

function readOld(path: string): OldFile | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return undefined;
  if (!stats.isFile()) throw writeError(path, 'cannot-write', 'expected a regular file');
  return { bytes: readFileSync(path), stats };
}

function requireUnchanged({ edit, path }: Step): void {
  const found = attempt(path, () => readOld(path));
  const text = found === undefined ? undefined : decode(found.bytes);
  if (text === edit.before) return;
  const detail = text === undefined ? 'it was deleted' : 'it was modified';
  throw writeError(path, 'file-changed', edit.before === undefined ? 'it was created' : detail);
}

/** Decodes as the loader does: UTF-16 if there is a byte order mark, which stays in the text. */
function decode(bytes: Buffer): string {
  return new TextDecoder(isUtf16(bytes) ? 'utf-16le' : 'utf-8', { ignoreBOM: true }).decode(bytes);
}

function isUtf16(bytes: Buffer): boolean {
  return bytes[0] === 0xff && bytes[1] === 0xfe;
}

/** Writes the new text to the temporary file. */
function stage(step: Step): void {
  const { edit, old } = step;
  if (edit.after === undefined) return;
  const encoding = old !== undefined && isUtf16(old.bytes) ? 'utf16le' : 'utf8';
  writeBeside(step, Buffer.from(edit.after, encoding));
}

function writeBeside({ path, temporary, old }: Step, bytes: Buffer): void {
  attempt(path, () => {
    const handle = openSync(temporary, 'wx', old?.stats.mode ?? 0o666);
    try {
      writeFileSync(handle, bytes);
      if (old !== undefined) keepOwner(handle, old.stats);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  });
}

/** Sets the mode last: a change of owner may clear some of its bits. */
function keepOwner(handle: number, { uid, gid, mode }: Stats): void {
  try {
    fchownSync(handle, uid, gid);
  } catch (error) {
    if (systemCodeOf(error) !== 'EPERM' && systemCodeOf(error) !== 'EINVAL') throw error;
  }
  fchmodSync(handle, mode & 0o7777);
}

function commit({ edit, path, temporary, old }: Step): void {
  attempt(path, () => {
    if (edit.after === undefined) unlinkSync(path);
    else if (old === undefined) createFrom(temporary, path);
    else renameSync(temporary, path);
  });
}

/** A hard link fails if the file was created by another process; rename is for file systems without links. */
function createFrom(temporary: string, path: string): void {
  try {
    linkSync(temporary, path);
  } catch (error) {
    if (systemCodeOf(error) === 'EEXIST') throw writeError(path, 'file-changed', 'it was created');
    renameSync(temporary, path);
  }
}

function rollBack(step: Step): void {
  const { path, temporary, old } = step;
  rmSync(temporary, { force: true });
  if (old === undefined) {
    rmSync(path, { force: true });
  } else {
    writeBeside(step, old.bytes);
    renameSync(temporary, path);
  }
}

function attempt<Result>(path: string, step: () => Result): Result {
  try {
    return step();
  } catch (error) {
    if (error instanceof PortplanError) throw error;
    throw writeError(path, 'cannot-write', messageOf(error), error);
  }
}

const hints: Readonly<Record<string, string>> = {
  'file-changed': 'run the command again',
  'outside-project': 'edit the target of the link, or replace the link with a file',
  'cannot-write': 'check the permissions of the folder and the file',
};

function writeError(path: string, reason: string, detail: string, cause?: unknown): PortplanError {
  const message = `cannot write ${path}: ${detail}`;
  return new PortplanError('invalid-input', message, { reason, hint: hints[reason], cause });
}
