#!/usr/bin/env node
'use strict';
const { main } = require('../dist/program/start.cjs');

main(process.argv.slice(2), process).then((code) => {
  process.exitCode = code;
});
