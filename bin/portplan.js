#!/usr/bin/env node
'use strict';
const { main, reportBug, standardIo } = require('../dist/program/start.cjs');

const args = process.argv.slice(2);
const io = standardIo(process);
process.once('uncaughtException', (error) => {
  reportBug(error, args, io).then((code) => process.exit(code));
});
main(args, io).then((code) => {
  process.exitCode ??= code;
});
