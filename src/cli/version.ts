import { createRequire } from 'node:module';

// yargs guesses the version of whoever installed us, so it is told.
const manifest = createRequire(import.meta.url)('../../package.json') as {
  readonly version: string;
};

export const version = manifest.version;
