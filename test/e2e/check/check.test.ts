import { expect, test } from '@jest/globals';
import { allEngines, describeEngines } from '../../rig/engines.ts';
import { portplan } from '../../rig/portplan.ts';
import { holdSocket } from '../../rig/sockets.ts';
import { tempFolder } from '../../rig/temp.ts';
import { ask, typeInShell } from '../ask.ts';

const listener = { protocol: 'tcp', state: 'listen', address: '127.0.0.1' } as const;

describeEngines('check', allEngines, (engine) => {
  test('names the container and the process that hold ports', async () => {
    await engine.docker(['run', '-d', '--name', 'web', '-p', '8080:80', 'nginx:1.25']);
    await using held = await holdSocket({
      ...{ ...listener, network: engine, port: 9000, user: 65_534, name: 'holder' },
    });
    const { code, answer } = await ask(engine, ['check', '8080', '9000']);
    const { stdout, stderr } = await portplan(['check', '8080', '9000'], { engine });

    expect({ code, verdict: answer.verdict }).toEqual({ code: 1, verdict: 'conflict' });
    expect(answer.conflicts).toMatchObject([
      {
        code: 'port-in-use',
        holder: { kind: 'container', name: 'web', state: 'running', restart: 'no' },
        remedy: { command: 'docker stop web' },
      },
      {
        code: 'port-in-use',
        holder: { kind: 'process', name: 'holder', pid: held.pid, user: 'nobody' },
        remedy: { command: `kill ${held.pid}` },
      },
    ]);
    for (const { holder } of answer.conflicts) {
      expect(Math.abs(Date.now() - Date.parse(holder?.startedAt ?? ''))).toBeLessThan(60_000);
    }
    expect(stdout).toContain('container web (');
    expect(stdout).toContain(`process holder, pid ${held.pid}, user nobody`);
    expect(stdout).toMatch(/up since \d{4}-\d\d-\d\d \d\d:\d\d UTC/);
    expect(stdout).toContain('2 conflicts in 2 ports');
    expect(stderr).toBe('');
  });

  test('shows a command that frees the port of a container', async () => {
    await engine.docker(['run', '-d', '--name', 'old', '-p', '8181:80', 'nginx:1.25']);
    const before = await ask(engine, ['check', '8181']);
    const freed = await typeInShell(engine, before.answer.conflicts[0]?.remedy?.command ?? 'false');
    const after = await ask(engine, ['check', '8181']);

    expect([before.code, freed.code, after.code]).toEqual([1, 0, 0]);
    expect(after.answer).toMatchObject({ verdict: 'clear', conflicts: [] });
  });

  test('names the compose project and shows the command that stops its service', async () => {
    await using project = await tempFolder({
      'shop/compose.yaml': 'services: { web: { image: "nginx:1.25", ports: ["8282:80"] } }\n',
    });
    const folder = `${project.path}/shop`;
    await engine.compose(['up', '-d'], { cwd: folder });
    const before = await ask(engine, ['check', '8282']);
    const { stdout } = await portplan(['check', '8282'], { engine });
    const freed = await typeInShell(engine, before.answer.conflicts[0]?.remedy?.command ?? 'false');
    const after = await ask(engine, ['check', '8282']);

    expect(before.answer.conflicts).toMatchObject([
      {
        holder: { kind: 'container', project: 'shop', service: 'web', directory: folder },
        remedy: { command: 'docker compose -p shop stop web' },
      },
    ]);
    expect(stdout).toContain(`compose project shop, service web, in ${folder}`);
    expect([before.code, freed.code, after.code]).toEqual([1, 0, 0]);
  });

  test('shows a command that ends a process', async () => {
    await using _held = await holdSocket({ ...listener, network: engine, port: 9100 });
    const before = await ask(engine, ['check', '9100']);
    const freed = await typeInShell(engine, before.answer.conflicts[0]?.remedy?.command ?? 'false');
    const after = await ask(engine, ['check', '9100']);

    expect([before.code, freed.code, after.code]).toEqual([1, 0, 0]);
  });

  test('suggests a port that the engine can bind', async () => {
    await engine.docker(['run', '-d', '-p', '8383:80', 'nginx:1.25']);
    await using _held = await holdSocket({ ...listener, network: engine, port: 8384 });
    const { answer } = await ask(engine, ['check', '8383']);
    const port = answer.conflicts[0]?.suggestion?.port ?? 0;
    const started = await engine.docker(['run', '-d', '-p', `${port}:80`, 'nginx:1.25']);

    expect(port).toBe(8385);
    expect(started.code).toBe(0);
  });

  test('reports free ports as free, and the engine then binds them', async () => {
    const { code, answer } = await ask(engine, ['check', '-p', '8484:80', '-p', '8485:80/udp']);
    const started = await engine.docker([
      ...['run', '-d', '-p', '8484:80', '-p', '8485:80/udp', 'nginx:1.25'],
    ]);

    expect({ code, verdict: answer.verdict }).toEqual({ code: 0, verdict: 'clear' });
    expect(started.code).toBe(0);
  });

  test('checks the planned ports of an image', async () => {
    await engine.docker(['pull', 'nginx:1.25']);
    const { code, answer } = await ask(engine, ['check', 'nginx:1.25']);

    expect({ code, verdict: answer.verdict }).toEqual({ code: 0, verdict: 'clear' });
  });

  test('accepts every kind of target', async () => {
    await using _held = await holdSocket({ ...listener, network: engine, port: 9301 });
    const { answer } = await ask(engine, [
      ...['check', '9300-9302', '127.0.0.1:9400/udp', '9301:80', '127.0.0.2:9302:80'],
    ]);

    expect(answer.conflicts.map(({ code, endpoint }) => [code, endpoint?.port])).toEqual([
      ['port-in-use', 9301],
      ['port-in-use', 9301],
    ]);
  });

  test('finds two publishes of one request that conflict with each other', async () => {
    const { code, answer } = await ask(engine, ['check', '-p', '9500:80', '-p', '9500:81']);

    expect(code).toBe(1);
    expect(answer.conflicts.map((conflict) => conflict.code)).toContain('published-twice');
  });
});
