'use strict';
/**
 * Rewrites the first line of portplan.js for this system. npm runs it (`preinstall`) before it links the program.
 *
 * Node also reads its option --env-file behind the name of a script (nodejs/node#54232, all versions up to 26): a missing
 * file ends with Node's own error, and NODE_OPTIONS from the file is applied. Only `node -- script` prevents that, and no
 * first line starts it everywhere: `env -S node --` does not work with busybox (Alpine), and npm's shims for Windows do
 * not work with `/bin/sh`. `env node`, as published, works everywhere, and stays where install scripts are disabled.
 * docs/decisions/0010-env-file.md compares the options.
 */
const { existsSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');

const program = join(__dirname, 'portplan.js');
const published = '#!/usr/bin/env node\n';
/** To the shell, the second line is a command; to JavaScript, it is a string and a comment. */
const forShell = `#!/bin/sh\n':' //; exec node -- "$0" "$@"\n`;
/** npm's cmd-shim copies the arguments. */
const forWindows = '#!/usr/bin/env node --\n';

const text = readFileSync(program, 'utf8');
// A checkout keeps the published file.
if (text.startsWith(published) && !existsSync(join(__dirname, '../src'))) {
  const firstLines = process.platform === 'win32' ? forWindows : forShell;
  const temporary = `${program}.${process.pid}`;
  try {
    // A new file: pnpm's files are hard links into its store.
    writeFileSync(temporary, firstLines + text.slice(published.length), { mode: 0o755 });
    renameSync(temporary, program);
  } catch {
    // A folder that cannot be written: the published file works as well.
  }
}
