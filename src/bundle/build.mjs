/**
 * Bundles src/cli into dist/program: one plain script per chunk, which launcher/start.cjs loads.
 *
 * The modules that tsc writes are not used: to find 150 files and to load them as ES modules takes longer than the rest of
 * a run. esbuild splits only ES modules, so chunk-to-script.mjs converts each chunk. See docs/decisions/0009-bundle-chunks.md.
 */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { chunkParameters, chunkToScript } from './chunk-to-script.mjs';
import { licensesOf } from './licenses.mjs';
import { slimDependencies } from './slim-dependencies.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = join(root, 'dist/program');
const launcher = join(root, 'src/bundle/launcher');
/** The minimum of `engines` in package.json. */
const target = 'node20.19';

const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
const { outputFiles, metafile } = await build({
  absWorkingDir: root,
  // yaml is an entry point only to make it a chunk of its own, which several commands share.
  entryPoints: { main: 'src/cli/main.ts', yaml: 'yaml' },
  outdir: folder,
  outExtension: { '.js': '.cjs' },
  chunkNames: '[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target,
  // import.meta.url is only passed to createRequire(), which also takes a path.
  define: { PORTPLAN_VERSION: JSON.stringify(version), 'import.meta.url': '__filename' },
  plugins: [slimDependencies],
  metafile: true,
  write: false,
});

const chunks = new Map();
for (const { path, text } of outputFiles) {
  const name = `./${basename(path)}`;
  const code = await chunkToScript(text, target);
  chunks.set(name, `${JSON.stringify(name)}(${chunkParameters}){${code}\n}`);
}

await mkdir(folder, { recursive: true });
const hash = createHash('sha256');
for (const name of await readdir(launcher)) hash.update(await readFile(join(launcher, name)));
for (const [name, text] of chunks) {
  hash.update(text);
  await writeFile(join(folder, name), text);
}
await writeFile(join(folder, 'LICENSES.txt'), await licensesOf(metafile, root));
await build({
  absWorkingDir: root,
  entryPoints: [join(launcher, 'start.cjs')],
  outdir: folder,
  outExtension: { '.js': '.cjs' },
  bundle: true,
  platform: 'node',
  target,
  define: {
    PORTPLAN_PROGRAM_HASH: JSON.stringify(hash.digest('hex').slice(0, 32)),
    PORTPLAN_PACKAGE_CHUNKS: JSON.stringify(packageChunks(metafile)),
  },
});

/** Returns the package of each chunk that consists of a large package: start.cjs gives it a cache of its own. */
function packageChunks({ outputs }) {
  const packages = Object.entries(outputs).flatMap(([path, { inputs }]) => {
    const name = /\bnode_modules\/(yargs|dockerode|yaml)\//.exec(
      Object.keys(inputs).join('\n'),
    )?.[1];
    return name === undefined ? [] : [[`./${basename(path)}`, name]];
  });
  return Object.fromEntries(packages);
}
