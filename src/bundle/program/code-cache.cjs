'use strict';
/**
 * Compiles scripts with V8's code cache, which spares a third of every command (20 to 40 ms). Node has the like from 22.1
 * on, without the functions that are compiled while the program runs: that gains nothing here.
 *
 * What V8 takes from a cache it runs, and it checks no more than its own version and the length of the source. So the
 * cache lies in a folder of this user that nobody else may write, in a file named by the hash of the source, and holds
 * everything twice, so that a damaged one is seen (a checksum would load zlib, 4 ms). Whatever is wrong with it, the
 * program runs without. NODE_DISABLE_COMPILE_CACHE=1 turns it off.
 */
const fs = require('node:fs');
const { homedir } = require('node:os');
const { dirname, isAbsolute, join } = require('node:path');
const { Script } = require('node:vm');

const mostBytes = 16 * 1024 * 1024;
/** Of all commands, versions of Node and of this program; the oldest go. */
const mostFiles = 32;

const countBytes = 4;

/**
 * The compiled script. `hash` names the source for ever, and `use` what it is used for: a cache is read as a whole, so
 * each command has its own. `countParts` tells how much of the program was loaded: one that needed more than what the
 * cache was made from adds to it.
 */
function compile(path, source, { hash, use, countParts }) {
  const file = cacheFile(hash, use);
  const cached = file && read(file);
  const script = new Script(source, { filename: path, cachedData: cached?.data });
  const known = cached === undefined || script.cachedDataRejected ? 0 : cached.count;
  process.once('exit', () => {
    if (file !== undefined && countParts() > known) write(file, script, countParts());
  });
  return script;
}

exports.compile = compile;

/** Nothing on Windows, where no owner can be seen, and where the user is not the one who started the program. */
function cacheFile(hash, use) {
  const { env, arch, version } = process;
  if (process.geteuid === undefined || process.getuid() !== process.geteuid()) return undefined;
  if (env.NODE_DISABLE_COMPILE_CACHE) return undefined;
  const { XDG_CACHE_HOME: asked = '' } = env;
  const base = isAbsolute(asked) ? asked : join(homedir(), '.cache');
  return isAbsolute(base) ? join(base, 'portplan', `${hash}-${use}-${version}-${arch}`) : undefined;
}

function read(file) {
  let descriptor;
  try {
    if (!isPrivate(fs.lstatSync(dirname(file)), 'isDirectory')) return undefined;
    descriptor = fs.openSync(
      file,
      fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW | fs.constants.O_NONBLOCK,
    );
    const stats = fs.fstatSync(descriptor);
    if (!isPrivate(stats, 'isFile') || stats.size > mostBytes) return undefined;
    const bytes = fs.readFileSync(descriptor);
    const middle = (bytes.length + countBytes) / 2;
    const data = bytes.subarray(countBytes, middle);
    if (data.length === 0 || !data.equals(bytes.subarray(middle))) return undefined;
    return { data, count: bytes.readUInt32LE() };
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

/** Written when the program has run, so that what it needed is in it. */
function write(file, script, parts) {
  const folder = dirname(file);
  const temporary = `${file}.${process.pid}`;
  try {
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (!isPrivate(fs.lstatSync(folder), 'isDirectory')) return;
    const data = script.createCachedData();
    const count = Buffer.alloc(countBytes);
    count.writeUInt32LE(parts);
    fs.writeFileSync(temporary, Buffer.concat([count, data, data]), { flag: 'wx', mode: 0o600 });
    fs.renameSync(temporary, file);
    removeOldest(folder);
  } catch {
    fs.rmSync(temporary, { force: true });
  }
}

function removeOldest(folder) {
  const files = fs.readdirSync(folder).map((name) => join(folder, name));
  const byAge = files
    .map((file) => ({ file, time: fs.lstatSync(file).mtimeMs }))
    .sort((a, b) => b.time - a.time);
  for (const { file } of byAge.slice(mostFiles)) fs.rmSync(file, { force: true });
}
