'use strict';
/**
 * Loads the program, whose parts lie together in a few scripts: `({ './part.cjs'(exports, require, module) { … } })`.
 * One file is found and read faster than forty, and a script can be compiled with a code cache.
 */
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { compile } = require('./code-cache.cjs');

/** Which script has a part: the build writes it. */
const { scripts, scriptOf } = require('./parts.json');

/** What the program is used for: the name of the command. */
const use = [
  ...process.argv.slice(2, 3).filter((word) => /^[a-z]{2,12}$/.test(word)),
  ...process.argv.filter((word) => word === '--static').slice(0, 1),
].join('');

const parts = {};
const modules = new Map();

/** What a part exports; everything that is no part of ours is required of Node. */
function load(name) {
  if (!name.startsWith('./')) return require(name);
  const known = modules.get(name);
  if (known !== undefined) return known.exports;
  if (parts[name] === undefined) Object.assign(parts, readScript(scripts[scriptOf[name]]));
  const part = { exports: {} };
  modules.set(name, part);
  parts[name](part.exports, load, part, __filename);
  return part.exports;
}

function readScript({ file, hash }) {
  const path = join(__dirname, file);
  const countParts = () => modules.size;
  return compile(path, readFileSync(path, 'latin1'), { hash, use, countParts }).runInThisContext();
}

module.exports = load('./main.cjs');
