import { expect, test } from '@jest/globals';
import { allEngines, describeEngines } from '../../rig/engines.ts';
import { portplan } from '../../rig/portplan.ts';
import { holdSocket } from '../../rig/sockets.ts';
import { ask, listContainers } from '../ask.ts';

describeEngines('stop', allEngines, (engine) => {
  test('stops a container by name, and every container that holds a port', async () => {
    await engine.docker(['pull', 'nginx:1.25']);
    const run = (name: string, publish: string) =>
      engine.docker(['run', '-d', '--name', name, '-p', publish, 'nginx:1.25']);
    await run('named', '7401:80');
    await run('here', '127.0.0.1:7402:80');
    await run('there', '10.99.0.1:7402:80');
    await run('other', '7403:80');
    const { code, stdout } = await portplan(['stop', 'named', '7402'], { engine });

    expect(code).toBe(0);
    expect(stdout).toContain('named');
    expect(stdout.match(/held 7402\/tcp/g)).toHaveLength(2);
    expect(await listContainers(engine)).toEqual([
      ...['here exited', 'named exited', 'other running', 'there exited'],
    ]);
  });

  test('stops only the holder on the given address', async () => {
    await engine.removeAllContainers();
    await engine.docker(['run', '-d', '--name', 'near', '-p', '127.0.0.1:7404:80', 'nginx:1.25']);
    await engine.docker(['run', '-d', '--name', 'far', '-p', '10.99.0.1:7404:80', 'nginx:1.25']);
    const { code, answer } = await ask(engine, ['stop', '-t', '1', '127.0.0.1:7404']);

    expect(code).toBe(0);
    expect(answer.items).toMatchObject([{ state: 'stopped', holder: { name: 'near' } }]);
    expect(await listContainers(engine)).toEqual(['far running', 'near exited']);
  });

  test.each(['tcp', 'udp'] as const)(
    'does not stop a process on %s, and shows the command that ends it',
    async (protocol) => {
      const state =
        protocol === 'tcp'
          ? ({ protocol, state: 'listen' } as const)
          : ({ protocol, state: 'bound' } as const);
      await using held = await holdSocket({
        ...state,
        network: engine,
        address: '127.0.0.1',
        port: 7405,
      });
      const { code, answer } = await ask(engine, ['stop', `7405/${protocol}`]);

      expect(code).toBe(1);
      expect(answer.items).toMatchObject([
        {
          ...{ target: `7405/${protocol}`, state: 'skipped' },
          holder: { kind: 'process', pid: held.pid },
          remedy: { command: `kill ${held.pid}` },
        },
      ]);
      process.kill(held.pid, 0);
    },
  );

  test('reports a free port as free, and a stopped container as stopped', async () => {
    await engine.docker(['create', '--name', 'idle', '-p', '7406:80', 'nginx:1.25']);
    const { code, answer } = await ask(engine, ['stop', '7406', 'idle']);

    expect(code).toBe(0);
    expect(answer.items).toMatchObject([
      { target: '7406/tcp', state: 'free' },
      { target: 'idle', state: 'not-running' },
    ]);
  });

  test('stops a container with restart: always, and notes that it starts with the engine', async () => {
    const always = ['--restart', 'always', '-p', '7410:80', 'nginx:1.25'];
    await engine.docker(['run', '-d', '--name', 'stubborn', ...always]);
    const { code, stderr } = await portplan(['stop', '-t', '1', '7410'], { engine });

    expect(code).toBe(0);
    expect(stderr).toMatch(
      /^note: stubborn starts again when the engine restarts .*update --restart unless-stopped stubborn/m,
    );
    expect(await listContainers(engine)).toContain('stubborn exited');
  });

  test('stops nothing if one of the names does not exist', async () => {
    await engine.removeAllContainers();
    await engine.docker(['run', '-d', '--name', 'stays', '-p', '7407:80', 'nginx:1.25']);
    const { code, stderr } = await portplan(['stop', '7407', 'none-such'], { engine });

    expect(code).toBe(2);
    expect(stderr).toContain('container none-such not found');
    expect(await listContainers(engine)).toEqual(['stays running']);
  });
});

describeEngines('stop, what portplan does not end', ['moby-28'], (engine) => {
  test('identifies a container by its forwarder if no engine answers', async () => {
    await engine.docker(['pull', 'nginx:1.25']);
    await engine.docker(['run', '-d', '--name', 'hidden', '-p', '7408:80', 'nginx:1.25']);
    const { code, answer } = await ask(engine, ['stop', '7408'], {
      env: { DOCKER_HOST: undefined },
    });

    expect(code).toBe(1);
    expect(answer.items).toMatchObject([{ state: 'skipped', holder: { kind: 'container' } }]);
    expect(await listContainers(engine)).toEqual(['hidden running']);
  });

  test('does not stop a task of a swarm service', async () => {
    await engine.docker([
      ...[
        'run',
        '-d',
        '--name',
        'task',
        '-p',
        '7409:80',
        '-l',
        'com.docker.swarm.service.name=shop',
      ],
      'nginx:1.25',
    ]);
    const { code, answer } = await ask(engine, ['stop', '7409']);

    expect(code).toBe(1);
    expect(answer.items).toMatchObject([
      { state: 'skipped', remedy: { command: 'docker service scale shop=0' } },
    ]);
    expect(await listContainers(engine)).toContain('task running');
  });
});
