import { expect, test } from '@jest/globals';
import { proxyTo } from '../../rig/engine-proxy.ts';
import { allEngines, describeEngines } from '../../rig/engines.ts';
import { portplan, spawnPortplan } from '../../rig/portplan.ts';
import { holdSocket } from '../../rig/sockets.ts';
import { ask, listContainers } from '../ask.ts';

const listener = { protocol: 'tcp', state: 'listen', address: '127.0.0.1' } as const;

describeEngines('start', allEngines, (engine) => {
  test('starts containers with free ports, and prints the URLs', async () => {
    await engine.docker(['pull', 'nginx:1.25']);
    await engine.docker(['create', '--name', 'web', '-p', '127.0.0.1:7301:80', 'nginx:1.25']);
    await engine.docker(['create', '--name', 'bare', 'nginx:1.25']);
    const first = await portplan(['start', 'web', '/bare'], { engine });
    const { code, answer } = await ask(engine, ['start', 'web']);

    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toMatch(
      /^started {3}web\n +open at +http:\/\/127\.0\.0\.1:7301 -> 80\/tcp\n/,
    );
    expect(code).toBe(0);
    expect(answer.containers).toMatchObject([
      { name: 'web', state: 'already-running', ports: [{ port: 7301, target: 80 }] },
    ]);
    expect(await listContainers(engine)).toEqual(['bare running', 'web running']);
  });

  test('names the process that holds a port, and starts the other containers', async () => {
    await engine.docker(['create', '--name', 'stuck', '-p', '7302:80', 'nginx:1.25']);
    await engine.docker(['create', '--name', 'fine', '-p', '7303:80', 'nginx:1.25']);
    await using held = await holdSocket({ ...listener, network: engine, port: 7302 });
    const { code, answer } = await ask(engine, ['start', 'stuck', 'fine']);
    const [stuck, fine] = answer.containers;

    expect(code).toBe(1);
    expect(stuck).toMatchObject({
      ...{ name: 'stuck', state: 'conflict' },
      conflicts: [
        {
          holder: { kind: 'process', pid: held.pid },
          remedy: { command: `kill ${held.pid}` },
          suggestion: { hostIp: '' },
        },
      ],
    });
    expect(fine).toMatchObject({ name: 'fine', state: 'started' });
    expect(await listContainers(engine)).toContain('stuck created');
  });

  test('starts the first of two containers with the same port', async () => {
    await engine.docker(['create', '--name', 'one', '-p', '7304:80', 'nginx:1.25']);
    await engine.docker(['create', '--name', 'two', '-p', '7304:80', 'nginx:1.25']);
    const { code, answer } = await ask(engine, ['start', 'one', 'two']);

    expect(code).toBe(1);
    expect(answer.containers).toMatchObject([
      { name: 'one', state: 'started' },
      { name: 'two', state: 'conflict', conflicts: [{ holder: { name: 'one' } }] },
    ]);
  });

  test('starts none when a name is unknown', async () => {
    await engine.docker(['create', '--name', 'there', 'nginx:1.25']);
    const { code, stdout, stderr } = await portplan(['start', 'there', 'thera'], { engine });

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toBe('portplan: container thera not found\n  did you mean there?\n');
    expect(await listContainers(engine)).toContain('there created');
  });

  test('fails with the message of the engine when the program is missing', async () => {
    await engine.docker(['create', '--name', 'broken', 'nginx:1.25', '/nowhere']);
    const { code, answer } = await ask(engine, ['start', 'broken']);

    expect(code).toBe(1);
    expect(answer.containers).toMatchObject([
      { state: 'failed', message: expect.stringContaining('/nowhere') },
    ]);
  });
});

describeEngines('start in a network that opens no ports', ['moby-28', 'moby-20'], (engine) => {
  test('starts without free ports', async () => {
    await engine.docker(['network', 'create', '--internal', 'inner']);
    const flags = ['--name', 'inside', '--network', 'inner', '-p', '7305:80'];
    await engine.docker(['create', ...flags, 'nginx:1.25']);
    await using _held = await holdSocket({ ...listener, network: engine, port: 7305 });
    const { code, answer } = await ask(engine, ['start', 'inside']);

    expect({ code, containers: answer.containers }).toMatchObject({
      ...{ code: 0, containers: [{ state: 'started', ports: [] }] },
    });
  });
});

describeEngines('an interrupt of a call that the engine continues', ['moby-28'], (engine) => {
  test.each([
    ['start', ['create'], 'the engine may still start slow'],
    ['stop', ['run', '-d'], 'the engine may still stop slow'],
  ])('is reported for %s', async (command, make, hint) => {
    await engine.removeAllContainers();
    await engine.docker(['pull', 'nginx:1.25']);
    await engine.docker([...make, '--name', 'slow', 'nginx:1.25']);
    const [there, ended] = [createGate(), createGate()];
    await using proxy = await proxyTo(engine, async ({ url = '' }) => {
      if (!new URL(url, 'http://engine').pathname.endsWith(`/${command}`)) return;
      there.open();
      await ended.passed;
      throw new Error('not passed on');
    });
    await using program = await spawnPortplan([command, 'slow'], {
      ...{ engine, env: { DOCKER_HOST: proxy.dockerHost } },
    });
    await there.passed;
    program.child.kill('SIGINT');
    const { code, stderr } = await program.ended();
    ended.open();

    expect(code).toBe(130);
    expect(stderr).toContain(hint);
  });
});

function createGate() {
  let open = () => {};
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open: () => open() };
}
