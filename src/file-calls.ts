import * as fs from 'node:fs';
import { promisify } from 'node:util';

/**
 * What most commands ask of the file system, in promises of this module's own: node:fs/promises takes 3 ms to load.
 * Whatever is already loaded late, on a way that few go, may use that.
 */
export const readFile: (path: string, encoding: 'utf8') => Promise<string> = promisify(fs.readFile);
export const readdir: (path: string) => Promise<string[]> = promisify(fs.readdir);
export const realpath: (path: string) => Promise<string> = promisify(fs.realpath);
export const stat: (path: string) => Promise<fs.Stats> = promisify(fs.stat);
