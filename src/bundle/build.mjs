/**
 * Makes the program out of src/cli: plain scripts in dist/program, see launcher/start.cjs.
 *
 * Why not the modules as tsc writes them: 150 files to look up, and node's loader of ES modules, take longer than all
 * that the program does. esbuild splits only ES modules, so each of its parts is made a script afterwards.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { givenToParts, toScript } from './chunk-to-script.mjs';
import { licencesOf } from './licenses.mjs';
import { lightParts } from './slim-dependencies.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = join(root, 'dist/program');
/** What engines ">=20.19" in package.json means to esbuild. */
const target = 'node20.19';

const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
const { outputFiles, metafile } = await build({
  absWorkingDir: root,
  // The second only to make a part of it, which the commands share.
  entryPoints: { main: 'src/cli/main.ts', yaml: 'yaml' },
  outdir: folder,
  outExtension: { '.js': '.cjs' },
  chunkNames: '[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target,
  // Only createRequire() is given the latter, which takes a path as well.
  define: { PORTPLAN_VERSION: JSON.stringify(version), 'import.meta.url': '__filename' },
  plugins: [lightParts],
  metafile: true,
  write: false,
});

/** The parts by name. A large package has a name that tells it: it is loaded for itself. */
const parts = new Map();
const names = new Map(outputFiles.map(({ path }) => [basename(path), nameOf(path)]));
const asked = new Set();
for (const { path, text } of outputFiles) {
  // Before it is a script: there a long line may be broken inside a name.
  const named = text.replace(/"\.\/([\w-]+\.cjs)"/g, (_whole, name) => {
    asked.add(names.get(name));
    return `"./${names.get(name)}"`;
  });
  const code = await toScript(named, target);
  const name = names.get(basename(path));
  parts.set(name, `${JSON.stringify(`./${name}`)}(${givenToParts}){${code}\n}`);
}
const lost = [...parts.keys()].filter((name) => name.startsWith('package-') && !asked.has(name));
if (lost.length > 0) throw new Error(`no part asks for ${lost.join(', ')}`);

await mkdir(folder, { recursive: true });
const hash = createHash('sha256');
for (const [name, text] of parts) {
  hash.update(text);
  await writeFile(join(folder, name), text);
}
await writeFile(join(folder, 'LICENCES.txt'), await licencesOf(metafile, root));
await build({
  absWorkingDir: root,
  entryPoints: ['src/bundle/launcher/start.cjs'],
  outdir: folder,
  outExtension: { '.js': '.cjs' },
  bundle: true,
  platform: 'node',
  target,
  define: { PORTPLAN_PROGRAM_HASH: JSON.stringify(hash.digest('hex').slice(0, 32)) },
});

function nameOf(path) {
  const inputs = Object.keys(metafile.outputs[relative(root, path)].inputs).join('\n');
  const group = /\bnode_modules\/(yargs|dockerode|yaml)\//.exec(inputs)?.[1];
  return group === undefined ? basename(path) : `package-${group}-${basename(path)}`;
}
