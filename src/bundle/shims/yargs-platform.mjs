/**
 * Replaces yargs' platform module, without what portplan never uses: the search for a package.json, for the calling file
 * and for translations. This saves loading `assert` and five packages.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, extname, join, relative, resolve } from 'node:path';
import { format, inspect } from 'node:util';
import cliui from 'cliui';
import stringWidth from 'string-width';
import Parser from 'yargs-parser';

function strictEqual(actual, expected, message) {
  if (!Object.is(actual, expected))
    throw new TypeError(message ?? `expected ${expected}, got ${actual}`);
}

function notStrictEqual(actual, expected, message) {
  if (Object.is(actual, expected))
    throw new TypeError(message ?? `expected another value than ${expected}`);
}

export default {
  assert: { strictEqual, notStrictEqual },
  cliui,
  findUp: () => undefined,
  getCallerFile: () => '',
  getEnv: (key) => process.env[key],
  getProcessArgvBin: () => undefined,
  inspect,
  mainFilename: process.cwd(),
  Parser,
  path: { basename, dirname, extname, join, relative, resolve },
  process: {
    argv: () => process.argv,
    cwd: process.cwd,
    emitWarning: (warning, type) => process.emitWarning(warning, type),
    execPath: () => process.execPath,
    exit: (code) => process.exit(code),
    nextTick: process.nextTick,
    stdColumns: null,
  },
  readFileSync,
  readdirSync,
  require: undefined,
  stringWidth,
  y18n: {
    __: (text, ...values) => format(text, ...values),
    __n: (one, many, count, ...values) => {
      const text = count === 1 ? one : many;
      return text.includes('%d') ? format(text, count, ...values) : format(text, ...values);
    },
    getLocale: () => 'en',
    setLocale: () => {},
    updateLocale: () => {},
  },
};
