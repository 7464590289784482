import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { hasProject } from '../../../src/workflows/inputs/has-project.ts';
import { loadProjects } from '../../../src/workflows/inputs/load-projects.ts';
import { tempFolder } from '../../rig/temp.ts';

const files = {
  'one/compose.yaml': `services: { web: { image: a, ports: ["\${P:-1}:1"] } }`,
  'one/compose.override.yml': 'services: { web: { ports: ["2:2"] } }',
  'one/compose.prod.yaml': 'services: { web: { ports: ["3:3"] } }',
  'one/docker-compose-dev.yml': 'services: { dev: { image: a, ports: ["4:4"] } }',
  'one/.env': 'P=5\n',
  'two/docker-compose.yml': 'services: { db: { image: a, ports: ["6:6"] } }',
  'none/.env': 'A=1\n',
  'none/readme.md': 'text',
};

/** Returns the published host ports of each project that the paths name, and the notes. */
async function load(...paths: readonly string[]) {
  await using folder = await tempFolder();
  for (const name of ['one', 'two', 'none']) mkdirSync(join(folder.path, name));
  for (const [name, text] of Object.entries(files)) await folder.write(name, text);
  const { projects, notes } = loadProjects({ paths, cwd: folder.path, env: {} });
  const publishes = projects.map(({ project: { services } }) =>
    services.flatMap((service) => service.publishes.map(({ hostPorts }) => hostPorts?.first)),
  );
  return { publishes, notes };
}

test.each([
  ['a folder', ['one'], [[5, 2]]],
  ['a folder, once', ['one', 'one/', 'one/compose.yaml'], [[5, 2]]],
  ['a default file is its whole project', ['one/compose.yaml'], [[5, 2]]],
  ['an override is its whole project', ['one/compose.override.yml'], [[5, 2]]],
  ['.env is its whole project', ['one/.env'], [[5, 2]]],
  ['a file with another name is a project of its own', ['one/docker-compose-dev.yml'], [[4]]],
  ['several projects', ['one', 'two/docker-compose.yml'], [[5, 2], [6]]],
  ['a deleted default file names the remaining one', ['two/compose.yaml'], [[6]]],
  ['a deleted default file in a folder without another', ['none/compose.yaml'], []],
  ['.env without a project', ['none/.env'], []],
])('%s', async (_name, paths, expected) => {
  expect((await load(...paths)).publishes).toEqual(expected);
});

test('reports skipped paths in notes', async () => {
  expect((await load('none/compose.yaml', 'none/.env')).notes).toEqual([
    'none/compose.yaml no longer exists',
    'none/.env skipped: no Compose file in its folder',
  ]);
});

test.each([
  ['a folder without a compose file', 'none', 'none has no Compose file'],
  ['a missing file', 'one/other.yml', 'one/other.yml does not exist'],
])('%s is an error', async (_name, path, message) => {
  await expect(load(path)).rejects.toThrow(message);
});

test('an overlay that does not load alone is checked on top of its base file, with a note', async () => {
  await using folder = await tempFolder({
    'compose.yaml': 'services: { base: { image: a, ports: ["1:1"] } }',
    'overlay.yml': 'services: { base: { ports: ["2:2"] } }',
    'broken.yml': 'services: { web: { extends: missing } }',
  });
  const load = (path: string) => loadProjects({ paths: [path], cwd: folder.path, env: {} });
  const { projects, notes } = load('overlay.yml');
  expect(projects.map(({ project: { services } }) => services.map(({ name }) => name))).toEqual([
    ['base'],
  ]);
  expect(notes).toEqual(['overlay.yml does not load alone; checked on top of compose.yaml']);
  expect(() => load('broken.yml')).toThrow(/missing/);
});

test('finds out whether the working directory has a project', async () => {
  await using folder = await tempFolder({ 'compose.yaml': 'services: {}' });
  mkdirSync(join(folder.path, 'below'));
  expect(hasProject({}, join(folder.path, 'below'), {})).toBe(true);
  expect(hasProject({}, '/', {})).toBe(false);
  expect(hasProject({ files: ['x.yml'] }, '/', {})).toBe(true);
});
