import { createRequire } from 'node:module';

/** Set by the bundler, so that the program reads no file for it. */
declare const PORTPLAN_VERSION: string | undefined;

/** The version of this package. */
export const version =
  typeof PORTPLAN_VERSION === 'string' ? PORTPLAN_VERSION : readManifest().version;

function readManifest() {
  return createRequire(import.meta.url)('../../package.json') as { readonly version: string };
}
