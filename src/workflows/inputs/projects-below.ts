import { type Dirent, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { defaultFileNames } from '../../compose/files/find-files.ts';
import { shellQuote } from '../../model/text/safe-text.ts';

/** Limits of the search: levels below the folder, and folders read in all. */
const maxDepth = 4;
const maxFolders = 1000;
/** How many folders the command of a hint names. */
const maxNames = 5;

/**
 * Returns the folders below a folder that have a Compose file with a default name, relative to it and sorted. Skips hidden
 * folders, `node_modules` and links; reads at most 1,000 folders, four levels deep.
 */
export function findProjectsBelow(folder: string): readonly string[] {
  const found: string[] = [];
  let level = [''];
  let count = 0;
  for (let depth = 0; depth <= maxDepth && level.length > 0; depth += 1) {
    const next: string[] = [];
    for (const path of level) {
      if (count >= maxFolders) break;
      count += 1;
      const entries = listFolder(join(folder, path));
      if (path !== '' && entries.some((entry) => isComposeFile(entry))) found.push(path);
      next.push(...entries.filter(isSearched).map(({ name }) => join(path, name)));
    }
    level = next;
  }
  return found.sort();
}

/**
 * Returns a sentence that counts the projects below a folder and names the command that checks them; `undefined` for a
 * folder without such projects.
 * @param command - `portplan check --static`
 * @param shownAs - how the command names the folder; empty for the working directory
 */
export function describeProjectsBelow(
  folder: string,
  command: string,
  shownAs = '',
): string | undefined {
  const found = findProjectsBelow(folder).map((path) => join(shownAs, path));
  if (found.length === 0) return undefined;
  const names = found.slice(0, maxNames).map((path) => shellQuote(path));
  const rest = found.length > names.length ? ' …' : '';
  const count = found.length === 1 ? '1 project is' : `${found.length} projects are`;
  return `${count} in subfolders: ${command} ${names.join(' ')}${rest}`;
}

function listFolder(path: string): readonly Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch {
    return [];
  }
}

function isComposeFile(entry: Dirent): boolean {
  return !entry.isDirectory() && defaultFileNames.some((name) => name === entry.name);
}

function isSearched(entry: Dirent): boolean {
  return entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== 'node_modules';
}
