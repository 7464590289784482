/**
 * Makes the program out of src/cli: plain scripts in dist/program, one for each part that is loaded for itself.
 *
 * Why not the modules as tsc writes them: 150 files to look up, and node's loader of ES modules, take longer than all
 * that the program does. esbuild splits only ES modules, so each of its parts is turned into a script afterwards.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, transform } from 'esbuild';
import { licencesOf } from './licences.mjs';
import { lightParts } from './light-parts.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'dist/program');
/** What engines ">=20.19" in package.json means to esbuild. */
const target = 'node20.19';

const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
const { outputFiles, metafile } = await build({
  absWorkingDir: root,
  entryPoints: ['src/cli/main.ts'],
  outdir: folder,
  outExtension: { '.js': '.cjs' },
  chunkNames: '[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target,
  treeShaking: true,
  // Only createRequire() is given the latter, which takes a path as well.
  define: { PORTPLAN_VERSION: JSON.stringify(version), 'import.meta.url': '__filename' },
  plugins: [lightParts],
  metafile: true,
  write: false,
});

await mkdir(folder, { recursive: true });
for (const { path, text } of outputFiles) {
  const { code } = await transform(text, {
    format: 'cjs',
    platform: 'node',
    target,
    // import() of a part becomes require(): the parts are scripts.
    supported: { 'dynamic-import': false },
    minifySyntax: true,
    minifyWhitespace: true,
    // Names stay as they are, and lines short: what a fault prints must be readable.
    lineLimit: 120,
  });
  await writeFile(join(folder, basename(path)), code);
}
await writeFile(join(folder, 'LICENCES.txt'), await licencesOf(metafile, root));
