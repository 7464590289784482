'use strict';
/**
 * Keeps the chunks that a command loads, together with the code that V8 compiled from them, in one file of the user's
 * cache folder. This halves the time of every command: one file is read instead of fifty, and each function is compiled
 * once. docs/performance.md has the numbers.
 *
 * A cache file grows over four runs. The first run reads the chunks one by one and writes their source. The next three
 * run that source as one script, and each writes the compiled code with the functions that it called. A run that loads
 * more chunks starts again with the source of all of them.
 *
 * V8 executes the compiled code without validating it: damaged code crashes the process, and no `catch` runs. So a file
 * is used only if its checksum over all bytes is right, and only if no other user can write to its path. In every other
 * case the program runs from its chunks and writes a new file. NODE_DISABLE_COMPILE_CACHE=1 disables the cache.
 */
const fs = require('node:fs');
const { homedir } = require('node:os');
const { dirname, isAbsolute, join } = require('node:path');
const { Script } = require('node:vm');
const { allocate, checksum } = require('./checksum.cjs');

/** SHA-256 of all chunks and of this launcher; the build inserts it. */
const programHash = PORTPLAN_PROGRAM_HASH;

const maxBytes = 16 * 1024 * 1024;
/** Of all commands and all versions of Node and portplan; the oldest files are removed. */
const maxFiles = 32;
/** Number of runs that add compiled functions to a file. */
const maxRuns = 3;

/** The checksum (64 bits), then the length of the source and of the code in bytes, and the runs that added code. */
const headerBytes = 32;

/**
 * Returns the chunks of `folder`, read from the cache file of this `name` where that file is valid.
 * Writes the file when the process exits, if this run has something to add. Never throws for a problem with the cache.
 */
exports.openCodeCache = function openCodeCache(folder, name) {
  const file = attempt(() => cacheFile(name));
  const cached = file && attempt(() => loadScript(file, join(folder, name)));
  const { chunks, script, source, runs } = cached ?? { chunks: {} };
  const added = [];

  if (file !== undefined) {
    process.once('exit', () => {
      attempt(() => {
        if (added.length > 0)
          writeFile(file, { source: joinChunks([...chunksIn(source), ...added]), runs: 0 });
        else if (script !== undefined && runs < maxRuns)
          writeFile(file, { source, code: script.createCachedData(), runs: runs + 1 });
      });
    });
  }
  return {
    /** Returns the function of a chunk, such as './main.cjs'. Throws an error without `code` if its file is missing. */
    load(chunk) {
      if (chunks[chunk] === undefined) {
        const path = join(folder, chunk);
        const text = readChunk(path);
        const one = new Script(joinChunks([text]), { filename: path });
        Object.assign(chunks, one.runInThisContext());
        added.push(text);
      }
      return chunks[chunk];
    },
  };
};

/** The system's error code is hidden: callers would take ENOENT for a result of their own work. */
function readChunk(path) {
  try {
    return fs.readFileSync(path, 'latin1');
  } catch (cause) {
    throw new Error(`missing program file ${path}: reinstall portplan`, { cause });
  }
}

/** Returns the result of `action`, or undefined if it throws. */
function attempt(action) {
  try {
    return action();
  } catch {
    return undefined;
  }
}

/** Returns the chunks of a cache file, or undefined if the file is absent or invalid. */
function loadScript(file, filename) {
  const stored = readFile(file);
  if (stored === undefined) return undefined;
  const { source, code: cachedData } = stored;
  const script = new Script(source, { filename, cachedData });
  // V8 rejects code of another build or of other V8 flags, and compiles the source.
  const runs = script.cachedDataRejected ? 0 : stored.runs;
  return { chunks: script.runInThisContext(), script, source, runs };
}

const [opening, closing] = ['({', '})'];

function joinChunks(texts) {
  return `${opening}${texts.join(',\n')}${closing}`;
}

function chunksIn(source) {
  return source === undefined ? [] : [source.slice(opening.length, -closing.length)];
}

/** Returns the path of a cache file, or undefined if there is no safe place for it. */
function cacheFile(name) {
  const { env, arch, version } = process;
  // Windows has no owners to check.
  if (process.geteuid === undefined) return undefined;
  // A set-user-ID program must not trust the environment.
  if (process.getuid() !== process.geteuid()) return undefined;
  if (env.NODE_DISABLE_COMPILE_CACHE) return undefined;
  const base = cacheHome(env.XDG_CACHE_HOME);
  if (base === undefined) return undefined;
  return join(base, 'portplan', `${programHash}-${name}-${version}-${arch}`);
}

/** Under `sudo -E` or `su -m`, HOME belongs to another user: a folder of root there locks that user out. */
function cacheHome(configured = '') {
  if (isAbsolute(configured)) return configured;
  const home = homedir();
  if (!isAbsolute(home) || fs.statSync(home).uid !== process.geteuid()) return undefined;
  return join(home, '.cache');
}

function readFile(file) {
  if (!isPrivateFolder(dirname(file))) return undefined;
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = fs.constants;
  const descriptor = fs.openSync(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    const stats = fs.fstatSync(descriptor);
    const { size } = stats;
    if (!stats.isFile() || !isPrivate(stats)) return undefined;
    if (size < headerBytes || size > maxBytes || size !== align(size)) return undefined;
    const bytes = allocate(size);
    return fs.readSync(descriptor, bytes) === size ? parse(bytes) : undefined;
  } finally {
    fs.closeSync(descriptor);
  }
}

/** Returns the content of a cache file, or undefined if any of its bytes has changed since it was written. */
function parse(bytes) {
  if (bytes.readBigInt64LE(0) !== checksum(bytes)) return undefined;
  const [sourceBytes, codeBytes, runs] = [8, 12, 16].map((offset) => bytes.readUInt32LE(offset));
  const codeStart = align(headerBytes + sourceBytes);
  return {
    source: bytes.latin1Slice(headerBytes, headerBytes + sourceBytes),
    code: codeBytes === 0 ? undefined : bytes.subarray(codeStart, codeStart + codeBytes),
    runs,
  };
}

function format({ source, code = Buffer.alloc(0), runs }) {
  const codeStart = align(headerBytes + source.length);
  const bytes = allocate(align(codeStart + code.length)).fill(0);
  for (const [index, value] of [source.length, code.length, runs].entries())
    bytes.writeUInt32LE(value, 8 + 4 * index);
  bytes.latin1Write(source, headerBytes);
  bytes.set(code, codeStart);
  bytes.writeBigInt64LE(checksum(bytes));
  return bytes;
}

/** The checksum reads words of 8 bytes, and V8 copies code that does not start at such a word. */
function align(bytes) {
  return Math.ceil(bytes / 8) * 8;
}

/** Writes to a temporary file first, and to the disk before the rename: a power cut leaves the old file or the new one. */
function writeFile(file, content) {
  const folder = dirname(file);
  if (!createPrivateFolder(folder)) return;
  const temporary = `${file}.${process.pid}`;
  try {
    const descriptor = fs.openSync(temporary, 'wx', 0o600);
    try {
      fs.writeFileSync(descriptor, format(content));
      fs.fsyncSync(descriptor);
    } finally {
      fs.closeSync(descriptor);
    }
    fs.renameSync(temporary, file);
  } catch {
    fs.rmSync(temporary, { force: true });
    return;
  }
  removeOldest(folder);
}

function removeOldest(folder) {
  const files = fs.readdirSync(folder).map((name) => join(folder, name));
  const byAge = files
    .map((file) => ({ file, time: fs.lstatSync(file).mtimeMs }))
    .sort((a, b) => b.time - a.time);
  for (const { file } of byAge.slice(maxFiles)) fs.rmSync(file, { force: true });
}

/** Creates the folder if its parents are safe. Returns false if the folder is not private. */
function createPrivateFolder(folder) {
  let existing = folder;
  while (!fs.existsSync(existing)) existing = dirname(existing);
  if (existing !== folder) {
    if (!hasSafePath(existing)) return false;
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  }
  return isPrivateFolder(folder);
}

function isPrivateFolder(folder) {
  const stats = fs.lstatSync(folder);
  return stats.isDirectory() && isPrivate(stats) && hasSafePath(dirname(folder));
}

/** Returns true if only this user can write to the file or folder. */
function isPrivate({ uid, mode }) {
  return uid === process.geteuid() && (mode & 0o022) === 0;
}

/**
 * Returns true if no other user can replace the folder, by the rule of ssh for its keys (OpenSSH misc.c, safe_path):
 * each folder of the real path belongs to this user or to root, and no other user may write to it. Folders with the
 * sticky bit, such as /tmp, are allowed: only the owner of an entry can replace it there.
 */
function hasSafePath(folder) {
  let path = folder;
  for (;;) {
    const stats = fs.lstatSync(path);
    // Rare, and slower: the path is checked from the beginning, without links.
    if (stats.isSymbolicLink()) return hasSafePath(fs.realpathSync.native(folder));
    if (stats.uid !== 0 && stats.uid !== process.geteuid()) return false;
    if ((stats.mode & 0o022) !== 0 && (stats.mode & 0o1000) === 0) return false;
    if (path === dirname(path)) return true;
    path = dirname(path);
  }
}
