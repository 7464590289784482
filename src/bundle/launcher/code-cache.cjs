'use strict';
/**
 * Parts of the program together in one script, with what V8 has compiled of them, in a file of the user's cache. That spares
 * half of every command: memory is dear to touch, so no more is read than the command needs, and nothing is compiled twice.
 * Node has a cache of compiled code from 22.1 on, a file for each module and without the functions that are compiled while
 * the program runs: that gains nothing here.
 *
 * A shelf fills in a few runs: the first reads the parts one by one, and writes their text; the next compile it as one
 * script, and write what V8 made of it, each adding the functions that it called. A run that needs further parts begins anew.
 *
 * What V8 takes from a cache it runs, and it checks no more than its own version and the length of the source. So the file
 * lies in a folder of this user that nobody else may write, in a file named by the hash of the program; it is on the disk
 * before it has its name, and tells its size and some of its words, so that a lost block is seen. Whatever is wrong with
 * it, the program runs without. NODE_DISABLE_COMPILE_CACHE=1 turns it off.
 */
const fs = require('node:fs');
const { homedir } = require('node:os');
const { dirname, isAbsolute, join } = require('node:path');
const { Script } = require('node:vm');

/** Of all parts of the program: the build puts it in. */
const programHash = PORTPLAN_PROGRAM_HASH;

const mostBytes = 16 * 1024 * 1024;
/** Of all commands, versions of Node and of this program; the oldest go. */
const mostFiles = 32;

/** How many runs add to what is compiled. */
const mostRuns = 3;

/** Before the source and the compiled code, in 32 bits each: their lengths, the number of runs, a sum over both. */
const headBytes = 16;
/** Of these many words one is in the sum: of each block of a disk. */
const stride = 128;

/** A shelf with parts of the program that lies in `folder`; `name` tells what it is for. */
exports.openShelf = function openShelf(folder, name) {
  const file = cacheFile(name);
  const { parts, script, source, runs } = (file && load(file, join(folder, name))) ?? { parts: {} };
  const added = [];

  if (file !== undefined) {
    process.once('exit', () => {
      if (added.length > 0)
        write(file, { source: scriptOf([...bodyOf(source), ...added]), runs: 0 });
      else if (script !== undefined && runs < mostRuns)
        write(file, { source, code: script.createCachedData(), runs: runs + 1 });
    });
  }
  return {
    take(part) {
      if (parts[part] === undefined) {
        const path = join(folder, part);
        const text = readPart(path);
        Object.assign(parts, new Script(scriptOf([text]), { filename: path }).runInThisContext());
        added.push(text);
      }
      return parts[part];
    },
  };
};

/** Without the system's code, which who asks for a part would take for one of what it then does. */
function readPart(path) {
  try {
    return fs.readFileSync(path, 'latin1');
  } catch (cause) {
    throw new Error(`a part of the program is missing: ${path}`, { cause });
  }
}

/** Undefined where the file is not there or is not as it should be. */
function load(file, filename) {
  const stored = read(file);
  if (stored === undefined) return undefined;
  const { source, code: cachedData } = stored;
  try {
    const script = new Script(source, { filename, cachedData });
    const runs = script.cachedDataRejected ? 0 : stored.runs;
    return { parts: script.runInThisContext(), script, source, runs };
  } catch {
    return undefined;
  }
}

const [opening, closing] = ['({', '})'];

function scriptOf(texts) {
  return `${opening}${texts.join(',\n')}${closing}`;
}

function bodyOf(source) {
  return source === undefined ? [] : [source.slice(opening.length, -closing.length)];
}

/** Nothing on Windows, where no owner can be seen, and where the user is not the one who started the program. */
function cacheFile(name) {
  const { env, arch, version } = process;
  if (process.geteuid === undefined || process.getuid() !== process.geteuid()) return undefined;
  if (env.NODE_DISABLE_COMPILE_CACHE) return undefined;
  const { XDG_CACHE_HOME: asked = '' } = env;
  const base = isAbsolute(asked) ? asked : join(homedir(), '.cache');
  if (!isAbsolute(base)) return undefined;
  return join(base, 'portplan', `${programHash}-${name}-${version}-${arch}`);
}

function read(file) {
  let descriptor;
  try {
    if (!isPrivate(fs.lstatSync(dirname(file)), 'isDirectory')) return undefined;
    const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = fs.constants;
    descriptor = fs.openSync(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    const stats = fs.fstatSync(descriptor);
    if (!isPrivate(stats, 'isFile') || stats.size > mostBytes) return undefined;
    // Not from the pool of small buffers: words are read where a buffer begins.
    const bytes = Buffer.allocUnsafeSlow(stats.size);
    if (fs.readSync(descriptor, bytes) !== stats.size) return undefined;
    const [sourceBytes, codeBytes, runs, sum] = new Int32Array(bytes.buffer, 0, headBytes / 4);
    const codeAt = bytes.length - codeBytes;
    if (codeAt !== headBytes + sourceBytes || sum !== sumOf(bytes)) return undefined;
    return {
      source: bytes.latin1Slice(headBytes, codeAt),
      code: codeBytes === 0 ? undefined : bytes.subarray(codeAt),
      runs,
    };
  } catch {
    return undefined;
  } finally {
    if (descriptor !== undefined) fs.closeSync(descriptor);
  }
}

/** Whether it is what it should be, belongs to this user, and nobody else may write it. */
function isPrivate(stats, kind) {
  return stats[kind]() && stats.uid === process.geteuid() && (stats.mode & 0o022) === 0;
}

/** Over what follows the head. To look at every word would take as long as the cache spares. */
function sumOf({ buffer, length }) {
  const words = new Int32Array(buffer, headBytes, Math.floor((length - headBytes) / 4));
  let sum = length;
  for (let at = 0; at < words.length; at += stride) sum = (Math.imul(sum, 31) + words[at]) | 0;
  return sum;
}

/** At the end of a run, so that what it needed is in it. */
function write(file, { source, code = Buffer.alloc(0), runs }) {
  const folder = dirname(file);
  const temporary = `${file}.${process.pid}`;
  let descriptor;
  try {
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (!isPrivate(fs.lstatSync(folder), 'isDirectory')) return;
    const bytes = Buffer.allocUnsafeSlow(headBytes + source.length + code.length);
    bytes.latin1Write(source, headBytes);
    bytes.set(code, headBytes + source.length);
    const head = [source.length, code.length, runs, sumOf(bytes)];
    new Int32Array(bytes.buffer, 0, headBytes / 4).set(head);
    descriptor = fs.openSync(temporary, 'wx', 0o600);
    fs.writeFileSync(descriptor, bytes);
    fs.fsyncSync(descriptor);
    fs.renameSync(temporary, file);
    removeOldest(folder);
  } catch {
    fs.rmSync(temporary, { force: true });
  } finally {
    if (descriptor !== undefined) fs.closeSync(descriptor);
  }
}

function removeOldest(folder) {
  const files = fs.readdirSync(folder).map((name) => join(folder, name));
  const byAge = files
    .map((file) => ({ file, time: fs.lstatSync(file).mtimeMs }))
    .sort((a, b) => b.time - a.time);
  for (const { file } of byAge.slice(mostFiles)) fs.rmSync(file, { force: true });
}
