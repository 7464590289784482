import { readdirSync, readFileSync } from 'node:fs';
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { fakeEngine } from '../rig/fake-engine.ts';
import { portplan } from '../rig/portplan.ts';
import { tempFolder } from '../rig/temp.ts';

const folder = fileURLToPath(new URL('../../dist/program', import.meta.url));
const chunks = readdirSync(folder).filter((name) => name.endsWith('.cjs'));

test.each(chunks.map((name) => [name]))('each chunk that %s requires exists', (name) => {
  // esbuild may break a line within a name.
  const text = readFileSync(join(folder, name), 'utf8').replaceAll('\\\n', '');
  const named = [...text.matchAll(/require\("\.\/([^"]+)"\)/g)].map(([, chunk]) => chunk ?? '');
  expect(named.filter((chunk) => !chunks.includes(chunk))).toEqual([]);
});

test('a missing program file is reported as such, not as an engine that does not answer', async () => {
  await using copy = await tempFolder();
  const root = join(folder, '../..');
  for (const name of ['bin', 'dist/program', 'package.json'])
    await cp(join(root, name), join(copy.path, name), { recursive: true });
  const [dockerode = ''] = chunks.filter((name) => name.startsWith('dockerode-'));
  await rm(join(copy.path, 'dist/program', dockerode));
  await using engine = await fakeEngine({
    '/version': { Version: '28.5.2', ApiVersion: '1.51' },
    '/info': {},
    '/containers/json': [],
    '/images/nginx:1/json': { Id: 'sha256:1', Config: {} },
  });
  const { code, stderr } = await portplan(['run', '-d', 'nginx:1'], {
    bin: join(copy.path, 'bin/portplan.js'),
    env: { DOCKER_HOST: engine.dockerHost },
  });
  expect(stderr).toContain('missing program file');
  expect(code).toBe(125);
});
