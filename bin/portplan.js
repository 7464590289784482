#!/usr/bin/env node
'use strict';
const { main, standardIo } = require('../dist/program/start.cjs');

main(process.argv.slice(2), standardIo(process)).then((code) => {
  process.exitCode ??= code;
});
