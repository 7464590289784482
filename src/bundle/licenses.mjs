import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The licences of the packages whose code is in a bundle, with their names: their authors ask for no more. */
export async function licencesOf(metafile, root) {
  const folders = Object.keys(metafile.inputs).map(
    (file) => /\bnode_modules\/(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+/.exec(file)?.[0],
  );
  const unique = [...new Set(folders.filter((folder) => folder !== undefined))].sort();
  const texts = await Promise.all(unique.map((folder) => licenceOf(join(root, folder))));
  return texts.join('\n');
}

async function licenceOf(folder) {
  const { name, version, license } = JSON.parse(
    await readFile(join(folder, 'package.json'), 'utf8'),
  );
  const file = (await readdir(folder)).find((entry) => /^(licen[cs]e|copying)\b/i.test(entry));
  const text = file === undefined ? `${license}\n` : await readFile(join(folder, file), 'utf8');
  return `== ${name} ${version} (${license})\n\n${text}`;
}
