/**
 * Makes the program out of src/cli: a few plain scripts in dist/program, see program/start.cjs.
 *
 * Why not the modules as tsc writes them: 150 files to look up, and node's loader of ES modules, take longer than all
 * that the program does. esbuild splits only ES modules, so each of its parts is made a script afterwards.
 */
import { createHash } from 'node:crypto';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, transform } from 'esbuild';
import { licencesOf } from './licences.mjs';
import { lightParts } from './light-parts.mjs';

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

/** Parts by the script that they lie in: ours together, and each large package for itself. */
const groups = new Map();
for (const { path, text } of outputFiles) {
  const name = basename(path);
  const inputs = Object.keys(metafile.outputs[relative(root, path)].inputs).join('\n');
  const group = /\bnode_modules\/(yargs|dockerode|yaml)\//.exec(inputs)?.[1] ?? 'portplan';
  groups.set(group, [
    ...(groups.get(group) ?? []),
    { name: `./${name}`, code: await toScript(text) },
  ]);
}

await mkdir(folder, { recursive: true });
const scripts = [];
const scriptOf = {};
for (const [group, parts] of groups) {
  const methods = parts.map(
    ({ name, code }) => `${JSON.stringify(name)}(exports,require,module,__filename){${code}\n}`,
  );
  const source = `({${methods.join(',\n')}})\n`;
  const hash = createHash('sha256').update(source).digest('hex').slice(0, 32);
  for (const { name } of parts) scriptOf[name] = scripts.length;
  scripts.push({ file: `${group}.js`, hash });
  await writeFile(join(folder, `${group}.js`), source);
}
await writeFile(join(folder, 'parts.json'), JSON.stringify({ scripts, scriptOf }));
await writeFile(join(folder, 'LICENCES.txt'), await licencesOf(metafile, root));
for (const name of ['start.cjs', 'code-cache.cjs'])
  await copyFile(fileURLToPath(new URL(`program/${name}`, import.meta.url)), join(folder, name));

async function toScript(text) {
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
  // esbuild leaves patterns as they are; with ASCII alone the file is read without decoding it.
  return code.replace(/[\u0080-\uffff]/g, (unit) => {
    const digits = unit.charCodeAt(0).toString(16).padStart(4, '0');
    return `\\u${digits}`;
  });
}
