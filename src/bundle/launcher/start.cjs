'use strict';
/**
 * Loads the program, which lies here in parts: `'./part.cjs'(exports, require, …) { … }`, one a file.
 * Those that a command uses are kept together, compiled, on a shelf (shelf.cjs): one file is found and read faster than
 * fifty.
 */
const { openShelf } = require('./code-cache.cjs');

/** What the program is used for: the name of the command. Each has shelves of its own, with no more than it needs. */
const use = [
  ...process.argv.slice(2, 3).filter((word) => /^[a-z]{2,12}$/.test(word)),
  ...process.argv.filter((word) => word === '--static').slice(0, 1),
].join('');

const shelves = new Map();
const modules = new Map();

/** What a part exports; everything that is no part of ours is required of Node. */
function load(name) {
  if (!name.startsWith('./')) return require(name);
  const known = modules.get(name);
  if (known !== undefined) return known.exports;
  const part = { exports: {} };
  modules.set(name, part);
  shelfOf(name).take(name)(part.exports, load, part, __filename, exportAll, toNamespace);
  return part.exports;
}

/** What a part exports may still change: each name is asked for when it is used. */
function exportAll(exports, getters) {
  for (const name in getters)
    Object.defineProperty(exports, name, { get: getters[name], enumerable: true });
  Object.defineProperty(exports, '__esModule', { value: true });
}

/** What import() gives: the names of a module of Node's are looked up in itself. */
function toNamespace(module) {
  return module.__esModule ? module : Object.create(module, { default: { value: module } });
}

/** A large package has its own: many runs of a command do without it. */
function shelfOf(name) {
  const group = /^\.\/package-(\w+)/.exec(name)?.[1] ?? 'portplan';
  const known = shelves.get(group);
  if (known !== undefined) return known;
  const shelf = openShelf(__dirname, [group, use].filter((word) => word !== '').join('-'));
  shelves.set(group, shelf);
  return shelf;
}

module.exports = load('./main.cjs');
