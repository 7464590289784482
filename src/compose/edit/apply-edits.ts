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

/** The folders in which files of a project may be written: its own, and those of the files that were named. */
export function writableFolders(project: ComposeProject): readonly string[] {
  const files = [...project.files, ...project.envFiles].filter((path) => path !== '-');
  return [...new Set([project.directory, ...files.map((path) => dirname(path))])];
}

/**
 * Makes edits on the disk, all or none: every new text is written beside its file first, then they are renamed. A file
 * keeps its mode and, where the system lets us, its owner. What was done is undone when a later step fails.
 * @throws PortplanError `invalid-input`, reason `changed-meanwhile` (a file is not what the edit was made for),
 *   `outside-project` (a link leads out of the folders), or `cannot-write`.
 */
export function applyEdits(edits: readonly FileEdit[], folders: readonly string[]): void {
  const roots = folders.map((folder) => realpathSync(folder));
  const steps = edits.map((edit) => prepare(edit, roots));
  const done: Step[] = [];
  try {
    for (const step of steps) stage(step);
    for (const step of steps) requireUnchanged(step);
    for (const step of steps) {
      requireUnchanged(step);
      commit(step);
      done.push(step);
    }
  } catch (error) {
    for (const step of done.reverse()) rollBack(step);
    throw error;
  } finally {
    for (const { temporary } of steps) rmSync(temporary, { force: true });
  }
}

interface Step {
  readonly edit: FileEdit;
  /** The file itself, links followed. */
  readonly path: string;
  readonly temporary: string;
  /** The file as it was; absent where there was none. */
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
      throw writeError(edit.path, 'outside-project', `it leads to ${path}, outside of the project`);
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

/** Where a file lies, or would lie. A link that leads nowhere is none of the project's. */
function resolveTarget(path: string): string {
  if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) return realpathSync(path);
  return join(realpathSync(dirname(path)), basename(path));
}

function isBelow(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== '' && way.split(sep)[0] !== '..' && !isAbsolute(way);
}

function readOld(path: string): OldFile | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return undefined;
  if (!stats.isFile()) throw writeError(path, 'cannot-write', 'it is not a regular file');
  return { bytes: readFileSync(path), stats };
}

function requireUnchanged({ edit, path }: Step): void {
  const found = attempt(path, () => readOld(path));
  const text = found === undefined ? undefined : decode(found.bytes);
  if (text === edit.before) return;
  const why = text === undefined ? 'it is gone' : 'it was changed meanwhile';
  throw writeError(
    path,
    'changed-meanwhile',
    edit.before === undefined ? 'it was made meanwhile' : why,
  );
}

/** As the loader reads files: UTF-16 where a byte order mark says so, which stays in the text. */
function decode(bytes: Buffer): string {
  return new TextDecoder(isUtf16(bytes) ? 'utf-16le' : 'utf-8', { ignoreBOM: true }).decode(bytes);
}

function isUtf16(bytes: Buffer): boolean {
  return bytes[0] === 0xff && bytes[1] === 0xfe;
}

/** Writes the new text beside the file. */
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

/** The mode last: a change of owner may clear bits of it. */
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

/** A link fails where a file came into being meanwhile; some file systems have none. */
function createFrom(temporary: string, path: string): void {
  try {
    linkSync(temporary, path);
  } catch (error) {
    if (systemCodeOf(error) === 'EEXIST')
      throw writeError(path, 'changed-meanwhile', 'it was made meanwhile');
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
  'changed-meanwhile': 'run it again',
  'outside-project': 'edit the file that the link leads to, or replace the link by a file',
  'cannot-write': 'check that the folder and the file may be written',
};

function writeError(path: string, reason: string, why: string, cause?: unknown): PortplanError {
  const message = `${path} was not written: ${why}`;
  return new PortplanError('invalid-input', message, { reason, hint: hints[reason], cause });
}
