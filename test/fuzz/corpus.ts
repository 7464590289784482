import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const fixtures = fileURLToPath(new URL('../../fixtures', import.meta.url));

/** A saved input. */
export interface Kept {
  readonly name: string;
  readonly bytes: Buffer;
}

/** Returns the saved inputs of a target: `fixtures/fuzz/TARGET/*`. */
export function keptInputs(target: string): readonly Kept[] {
  const folder = join(fixtures, 'fuzz', target);
  if (!existsSync(folder)) return [];
  return readdirSync(folder).map((name) => ({ name, bytes: readFileSync(join(folder, name)) }));
}

/** Returns other test fixtures that are valid inputs, by folder and name pattern. */
export function fixturesIn(folder: string, names: RegExp): readonly Buffer[] {
  return readdirSync(join(fixtures, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => names.test(name))
    .map((name) => readFileSync(join(fixtures, folder, name)));
}

const folder = mkdtempSync(join(tmpdir(), 'portplan-fuzz-'));

/** Saves an input before it runs, so that one that hangs can be found; returns the path. */
export function writeDown(target: string, bytes: Buffer): string {
  const path = join(folder, target);
  writeFileSync(path, bytes);
  return path;
}
