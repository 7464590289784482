import { createRequire } from 'node:module';

/** Set where the program is bundled, which spares it a file. */
declare const PORTPLAN_VERSION: string | undefined;

/** The version of this package. yargs would guess that of whoever installed us, so it is told. */
export const version =
  typeof PORTPLAN_VERSION === 'string' ? PORTPLAN_VERSION : readManifest().version;

function readManifest() {
  return createRequire(import.meta.url)('../../package.json') as { readonly version: string };
}
