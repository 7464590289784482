import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Returns the names, versions and license texts of all packages in a bundle, sorted by folder.
 * @param metafile esbuild's, with paths relative to `root`
 */
export async function licensesOf(metafile, root) {
  const folders = Object.keys(metafile.inputs).map(
    (file) => /\bnode_modules\/(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+/.exec(file)?.[0],
  );
  const unique = [...new Set(folders.filter((folder) => folder !== undefined))].sort();
  const texts = await Promise.all(unique.map((folder) => licenseOf(join(root, folder))));
  return texts.join('\n');
}

async function licenseOf(folder) {
  const { name, version, license } = JSON.parse(
    await readFile(join(folder, 'package.json'), 'utf8'),
  );
  const file = (await readdir(folder)).find((entry) => /^(licen[cs]e|copying)\b/i.test(entry));
  const text = file === undefined ? `${license}\n` : await readFile(join(folder, file), 'utf8');
  return `== ${name} ${version} (${license})\n\n${text}`;
}
