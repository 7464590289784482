'use strict';
/**
 * Loads the program. The build writes it as chunks, one per file: `'./chunk.cjs'(exports, require, …) { … }`.
 * The chunks that a command loads come from one file with compiled code (code-cache.cjs).
 */
const { openCodeCache } = require('./code-cache.cjs');

/** The command's name. Each command has caches of its own, which hold no more than it loads. */
const profile = [
  ...process.argv.slice(2, 3).filter((arg) => /^[a-z]{2,12}$/.test(arg)),
  ...process.argv.filter((arg) => arg === '--static').slice(0, 1),
].join('');

/** Chunk to package name; the build inserts it. */
const packageChunks = PORTPLAN_PACKAGE_CHUNKS;

const caches = new Map();
const modules = new Map();

/** Returns the exports of a chunk, or of a module of Node. */
function load(name) {
  if (!name.startsWith('./')) return require(name);
  const known = modules.get(name);
  if (known !== undefined) return known.exports;
  const module = { exports: {} };
  modules.set(name, module);
  const run = cacheOf(name).load(name);
  run(module.exports, load, module, __filename, defineExports, toNamespace);
  return module.exports;
}

/** Getters, because the value of an export may change after the chunk has run. */
function defineExports(exports, getters) {
  for (const name in getters)
    Object.defineProperty(exports, name, { get: getters[name], enumerable: true });
  Object.defineProperty(exports, '__esModule', { value: true });
}

/** Returns what import() gives for a module; a module of Node is the prototype, so that its getters stay lazy. */
function toNamespace(module) {
  return module.__esModule ? module : Object.create(module, { default: { value: module } });
}

/** A large package has caches of its own, because many runs of a command do not load it. */
function cacheOf(chunk) {
  const group = packageChunks[chunk] ?? 'portplan';
  const known = caches.get(group);
  if (known !== undefined) return known;
  const cache = openCodeCache(__dirname, [group, profile].filter((text) => text !== '').join('-'));
  caches.set(group, cache);
  return cache;
}

module.exports = load('./main.cjs');
