import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { describeEngines } from '../../rig/engines.ts';
import { portplan } from '../../rig/portplan.ts';
import { holdSocket } from '../../rig/sockets.ts';
import { tempFolder } from '../../rig/temp.ts';

const stack = (port: number) => `
services:
  web: { image: "nginx:1.25", ports: ["${port}:80"] }
  pool: { image: "nginx:1.25", scale: 2, ports: ["9100-9101:80"] }
`;

describeEngines('compose projects on a host', ['moby-28', 'moby-20'], (engine) => {
  afterEach(() => engine.removeAllContainers());

  test('a running project does not conflict with itself, not even with a full pool', async () => {
    await using folder = await tempFolder({ 'compose.yaml': stack(8080) });
    await engine.compose(['up', '-d'], { cwd: folder.path });
    const { code, stdout } = await portplan(['check'], { engine, cwd: folder.path });
    expect({ code, stdout }).toMatchObject({
      code: 0,
      stdout: expect.not.stringContaining('conflict'),
    });
  });

  test('names the project and folder of a conflicting container, and its remedy frees the port', async () => {
    await using folder = await tempFolder();
    const [blog, shop] = [join(folder.path, 'blog'), join(folder.path, 'shop')];
    await Promise.all([mkdir(blog), mkdir(shop)]);
    await folder.write('blog/compose.yaml', stack(8080));
    await folder.write(
      'shop/compose.yaml',
      'services: { front: { image: "nginx:1.25", ports: ["8080:80"] } }',
    );
    await engine.compose(['up', '-d'], { cwd: blog });
    const { code, stdout } = await portplan(['check', '--format', 'json'], { engine, cwd: shop });
    expect(code).toBe(1);
    const [conflict] = JSON.parse(stdout).conflicts;
    expect(conflict).toMatchObject({
      code: 'port-in-use',
      publish: { project: 'shop', service: 'front', location: { line: 1, column: 51 } },
      holder: { kind: 'container', project: 'blog', service: 'web', directory: blog },
      remedy: { command: 'docker compose -p blog stop web' },
    });
    const [, ...words] = conflict.remedy.command.split(' ');
    await engine.docker(words);
    const after = await portplan(['check', shop], { engine });
    expect(after.code).toBe(0);
  });

  test('reports the same project name in another folder as its own finding', async () => {
    await using folder = await tempFolder();
    const [one, two] = [join(folder.path, 'one'), join(folder.path, 'two')];
    await Promise.all([mkdir(one), mkdir(two)]);
    await folder.write('one/compose.yaml', `name: same${stack(8080)}`);
    await folder.write('two/compose.yaml', `name: same${stack(8090)}`);
    await engine.compose(['up', '-d'], { cwd: one });
    const { code, stdout } = await portplan(['check', '--format', 'json'], { engine, cwd: two });
    expect(code).toBe(1);
    expect(JSON.parse(stdout).conflicts).toContainEqual(
      expect.objectContaining({
        code: 'project-name-in-use',
        holder: expect.objectContaining({ directory: one }),
      }),
    );
  });

  test('names a process that holds a port of the project', async () => {
    await using folder = await tempFolder({ 'compose.yaml': stack(8080) });
    await using held = await holdSocket({
      network: engine,
      address: '::1',
      port: 8080,
      protocol: 'tcp',
      state: 'listen',
    });
    const { code, stdout } = await portplan(['check', folder.path, '--format', 'json'], { engine });
    expect(code).toBe(1);
    expect(JSON.parse(stdout).conflicts).toMatchObject([
      { code: 'port-in-use', holder: { kind: 'process', pid: held.pid } },
    ]);
  });
});
