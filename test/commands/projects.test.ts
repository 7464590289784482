import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { loadProjects } from '../../src/commands/projects.ts';
import { tempFolder } from '../rig/temp.ts';

test('places are told from where we are, whatever folder the project has', async () => {
  await using folder = await tempFolder({
    'shop/compose.yaml': 'services:\n  web:\n    ports:\n      - "8080:80"\n',
    'shop/compose.override.yaml': 'include: [more/db.yaml]\n',
    'shop/more/db.yaml': 'services:\n  db:\n    ports:\n      - "5432"\n',
  });
  const placesFrom = (cwd: string, path: string) =>
    loadProjects({ paths: [path], cwd, env: {} }).projects.flatMap(({ services }) =>
      services.flatMap(({ publishes }) => publishes.map(({ origin }) => origin.location?.file)),
    );
  expect(placesFrom(folder.path, 'shop/compose.yaml').sort()).toEqual([
    'shop/compose.yaml',
    'shop/more/db.yaml',
  ]);
  expect(placesFrom(join(folder.path, 'shop'), '.').sort()).toEqual([
    'compose.yaml',
    'more/db.yaml',
  ]);
});
