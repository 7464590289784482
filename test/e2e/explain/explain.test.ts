import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { allEngines, describeEngines, type Engine } from '../../rig/engines.ts';
import { portplan } from '../../rig/portplan.ts';
import { holdSocket } from '../../rig/sockets.ts';
import { tempFolder } from '../../rig/temp.ts';
import { ask, typeInShell } from '../ask.ts';

const image = 'nginx:1.25';

/** Returns all that docker prints when it fails, as a terminal or a pipe gets it. */
async function failure(engine: Engine, args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await engine.docker(args, { allowFailure: true });
  expect(code).not.toBe(0);
  return `${stdout}${stderr}`;
}

async function explain(engine: Engine, input: string) {
  const { code, answer } = await ask(engine, ['explain'], { input });
  expect(code).toBe(0);
  return answer.problems;
}

async function apiFailure(engine: Engine, name: string, key: string, hostPort: string) {
  const created = await engine.api('POST', `/containers/create?name=${name}`, {
    Image: image,
    ExposedPorts: { [key]: {} },
    HostConfig: { PortBindings: { [key]: [{ HostPort: hostPort }] } },
  });
  if (created.status !== 201) return created.text;
  return (await engine.api('POST', `/containers/${name}/start`)).text;
}

describeEngines('explain', allEngines, (engine) => {
  const isPodman = engine.kind === 'podman';
  // Podman has no port table of its own: the error comes from the kernel.
  const taken = isPodman ? 'taken-on-host' : 'taken-by-container';

  test('a port of another container: the suggested commands lead to a running container', async () => {
    await engine.docker(['run', '-d', '--name', 'first', '-p', '8080:80', image]);
    const text = await failure(engine, ['run', '-d', '--name', 'second', '-p', '8080:80', image]);
    const [held] = await explain(engine, text);
    const named = await ask(engine, ['explain', 'second']);
    const { stdout, stderr } = await portplan(['explain'], { engine, input: text });

    expect(held).toMatchObject({
      code: taken,
      status: 'held',
      port: 8080,
      container: 'second',
      holders: [{ holder: { kind: 'container', name: 'first' } }],
      remedies: [{ command: 'docker stop first' }, { text: expect.stringContaining('8081') }],
      pitfalls: [{ code: 'leftover-container', command: 'docker rm second' }],
      suggestion: { hostIp: '', port: 8081 },
    });
    expect(named.code).toBe(0);
    expect(named.answer.container.name).toBe('second');
    // Podman keeps no error: it follows from the ports that the container publishes.
    expect(named.answer.container.error === undefined).toBe(isPodman);
    expect(named.answer.problems).toMatchObject([
      { code: 'taken-by-container', status: 'held', holders: [{ holder: { name: 'first' } }] },
    ]);
    expect(stdout).toContain('now held by  container first');
    expect(stdout).toContain('\n               docker stop first\n');
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(stderr).toBe('');

    await typeInShell(engine, held?.remedies[0]?.command ?? 'false');
    const [free] = await explain(engine, text);
    expect(free).toMatchObject({ status: 'free', holders: [] });
    expect(free?.pitfalls.map(({ code }) => code)).toContain('stale-allocation');
    const started = await typeInShell(engine, free?.remedies[0]?.command ?? 'false');
    expect(started.code).toBe(0);
    expect(await explain(engine, text)).toMatchObject([{ status: 'own' }]);
  });

  test.each(['tcp', 'udp'] as const)('a %s port of a process', async (protocol) => {
    const state =
      protocol === 'tcp'
        ? { protocol, state: 'listen' as const }
        : { protocol, state: 'bound' as const };
    await using held = await holdSocket({
      ...state,
      network: engine,
      address: '0.0.0.0',
      port: 9000,
    });
    const publish = `9000:80/${protocol}`;
    const problems = await explain(
      engine,
      await failure(engine, ['run', '-d', '-p', publish, image]),
    );

    expect(problems).toMatchObject([
      {
        code: 'taken-on-host',
        status: 'held',
        holders: [{ protocol, holder: { kind: 'process', pid: held.pid } }],
        remedies: [{ command: `kill ${held.pid}` }, { text: expect.stringContaining('is free') }],
      },
    ]);
  });

  test('a port held by an outgoing connection', async () => {
    await using held = await holdSocket({
      ...{ network: engine, protocol: 'tcp', state: 'established', address: '127.0.0.1', port: 0 },
    });
    const text = await failure(engine, ['run', '-d', '-p', `${held.port}:80`, image]);
    const problems = await explain(engine, text);

    expect(problems).toMatchObject([
      {
        code: 'taken-on-host',
        status: 'held',
        holders: [{ state: 'connected', holder: { kind: 'process', pid: held.pid } }],
      },
    ]);
    expect(problems[0]?.pitfalls.map(({ code }) => code)).toContain('outgoing-connection');
  });

  test('a port that no socket table shows', async () => {
    await using _held = await holdSocket({
      ...{ network: engine, protocol: 'tcp', state: 'bound', address: '0.0.0.0', port: 9010 },
    });
    const text = await failure(engine, ['run', '-d', '-p', '9010:80', image]);

    expect(await explain(engine, text)).toMatchObject([
      { code: 'taken-on-host', status: 'held', holders: [{ holder: { kind: 'unseen' } }] },
    ]);
  });

  test('a container that publishes one port twice', async () => {
    const text = await failure(engine, ['run', '-d', '-p', '9200:80', '-p', '9200:81', image]);

    let problems = await explain(engine, text);
    // Podman keeps the first of the two ports for a moment, although the start has failed.
    for (
      let attempt = 0;
      isPodman && attempt < 10 && problems[0]?.status !== 'itself';
      attempt += 1
    )
      problems = await explain(engine, text);
    expect(problems).toMatchObject([{ code: taken, status: 'itself', port: 9200 }]);
    expect(problems[0]?.pitfalls.map(({ code }) => code)).toContain('leftover-container');
  });

  test.each([
    [
      'an address of another host',
      ['-p', '192.0.2.1:9100:80'],
      'address-not-local',
      'address-not-local',
    ],
    ['an invalid range', ['-p', '0-5:80'], 'bad-range', 'bad-publish'],
    ['an invalid port', ['-p', '99999:80'], 'bad-publish', 'bad-publish'],
    ['a name for an address', ['-p', 'localhost:80:80'], 'bad-publish', 'bad-publish'],
    ['unequal ranges', ['-p', '8000-8005:80-81'], 'bad-publish', 'bad-publish'],
  ])('%s', async (_name, flags, onDocker, onPodman) => {
    await engine.docker(['pull', image]);
    const text = await failure(engine, ['run', '-d', ...flags, image]);

    expect(await explain(engine, text)).toMatchObject([
      { code: isPodman ? onPodman : onDocker, status: 'unasked', holders: [] },
    ]);
  });

  test.each([
    ['an unknown protocol', '80/foo', '9300', 'bad-protocol'],
    ['a port that is no number', '80/tcp', 'abc', 'bad-publish'],
  ])('the API on %s', async (_name, key, hostPort, code) => {
    await engine.docker(['pull', image]);
    const text = await apiFailure(engine, `api-${hostPort}`, key, hostPort);

    expect(await explain(engine, text)).toMatchObject([{ code }]);
  });

  test('reads the output of docker compose up from a pipe', async () => {
    await engine.docker(['run', '-d', '--name', 'old', '-p', '8400:80', image]);
    await using project = await tempFolder({
      'shop/compose.yaml': `services: { web: { image: "${image}", ports: ["8400:80"] } }\n`,
    });
    const bin = fileURLToPath(new URL('../../../bin/portplan.js', import.meta.url));
    const program = `'${process.execPath}' '${bin}' explain`;
    const { code, stdout } = await engine.inNetwork(
      'sh',
      ['-c', `docker compose up 2>&1 | ${program}`],
      { cwd: `${project.path}/shop`, timeoutMs: 60_000 },
    );

    expect(code).toBe(0);
    // Docker binds one address family after the other; the error may name either.
    expect(stdout).toMatch(
      isPodman ? /0\.0\.0\.0:8400\/tcp/ : /(0\.0\.0\.0|\[::\]):8400 for container shop-web-1/,
    );
    expect(stdout).toContain('now held by  container old');
    expect(stdout).toContain('docker stop old');
  });

  test('suggests to start a container that ran before, never to remove it', async () => {
    await engine.docker(['run', '-d', '--name', 'data', '-p', '8600:80', image]);
    await engine.docker(['stop', 'data']);
    await engine.docker(['run', '-d', '--name', 'thief', '-p', '8600:80', image]);
    const text = await failure(engine, ['start', 'data']);
    await engine.docker(['stop', 'thief']);
    const problems = await explain(engine, text);

    expect(problems).toMatchObject([{ container: 'data', status: 'free' }]);
    expect(problems[0]?.pitfalls.map(({ code }) => code)).not.toContain('leftover-container');
    expect(JSON.stringify(problems)).not.toContain('docker rm');
    // Podman does not report whether a start failed, so this container is not the failed one for certain.
    if (!isPodman) expect(problems[0]?.remedies[0]?.command).toBe('docker start data');
  });

  test('does not take a container of the same name with other ports for the failed one', async () => {
    await engine.docker(['create', '--name', 'twin', '-p', '8700:80', image]);
    const [problem] = await explain(
      engine,
      `driver failed programming external connectivity on endpoint twin (${'ab'.repeat(32)}): Bind for 0.0.0.0:8701 failed: port is already allocated`,
    );

    expect(problem?.remedies[0]).toEqual({
      text: 'the port is free now: start the container again',
    });
    expect(JSON.stringify(problem)).not.toContain('docker rm');
  });

  test('reports a container without a port error, and a name without a container', async () => {
    await engine.docker(['run', '-d', '--name', 'fine', '-p', '8500:80', image]);
    const fine = await portplan(['explain', 'fine'], { engine });
    const missing = await portplan(['explain', 'missing'], { engine });

    expect(fine).toMatchObject({ code: 1, stderr: '' });
    expect(fine.stdout).toBe(
      'container fine is running, and no port conflict keeps it from starting\n',
    );
    expect(missing).toMatchObject({ code: 1, stderr: 'note: container missing not found\n' });
  });
});

describeEngines('explain', ['podman'], (engine) => {
  test('protocols and container ports that only docker rejects', async () => {
    await engine.docker(['pull', image]);
    const sctp = await failure(engine, ['run', '-d', '-p', '9400:80/sctp', image]);
    const zero = await failure(engine, ['run', '-d', '-p', '9401:0', image]);

    expect(await explain(engine, sctp)).toMatchObject([{ code: 'bad-protocol' }]);
    expect(await explain(engine, zero)).toMatchObject([{ code: 'bad-publish' }]);
  });

  test('an attached run, whose error message is lost', async () => {
    await engine.docker(['run', '-d', '-p', '9402:80', image]);
    const text = await failure(engine, ['run', '--rm', '-p', '9402:80', image]);

    expect(await explain(engine, text)).toMatchObject([{ code: 'start-refused' }]);
  });
});

describeEngines('explain', ['moby-28', 'moby-20'], (engine) => {
  test('an exhausted pool, with the holders of its ports', async () => {
    for (const name of ['one', 'two'])
      await engine.docker(['run', '-d', '--name', name, '-p', '9500-9501:80', image]);
    const text = await failure(engine, ['run', '-d', '-p', '9500-9501:80', image]);
    const problems = await explain(engine, text);

    expect(problems).toMatchObject([{ code: 'pool-exhausted', status: 'held' }]);
    expect(new Set(problems[0]?.holders.map(({ holder }) => holder.name))).toEqual(
      new Set(['one', 'two']),
    );
  });

  test('a container without a network of its own', async () => {
    await engine.docker(['run', '-d', '--name', 'net', image]);
    const text = await failure(engine, [
      'run',
      '-d',
      '--network',
      'container:net',
      '-p',
      '1:1',
      image,
    ]);

    expect(await explain(engine, text)).toMatchObject([{ code: 'network-mode' }]);
  });

  test('replicas of one service', async () => {
    await using project = await tempFolder({
      'farm/compose.yaml': `services: { web: { image: "${image}", ports: ["9600:80"], scale: 2 } }\n`,
    });
    const { stdout, stderr } = await engine.compose(['up', '-d'], {
      cwd: `${project.path}/farm`,
      allowFailure: true,
    });
    const problems = await explain(engine, `${stdout}${stderr}`);

    expect(problems[0]?.pitfalls.map(({ code }) => code)).toContain('replicas');
  });
});

describe('explain', () => {
  describeEngines('a swarm service', ['moby-28'], (engine) => {
    test('that has the port of another container', async () => {
      await engine.docker(['pull', image]);
      await engine.docker(['swarm', 'init', '--advertise-addr', '127.0.0.1']);
      try {
        const service = (name: string) => [
          ...['service', 'create', '--detach', '--name', name, '--replicas', '0'],
          ...['--publish', '8090:80', image],
        ];
        await engine.docker(service('front'));
        const problems = await explain(engine, await failure(engine, service('back')));

        expect(problems).toMatchObject([
          {
            code: 'taken-by-service',
            port: 8090,
            holders: [{ holder: { kind: 'service', name: 'front' } }],
            remedies: [{ command: 'docker service update --publish-rm 80 front' }, {}],
            pitfalls: [{ code: 'swarm-service' }],
          },
        ]);
      } finally {
        await engine.docker(['swarm', 'leave', '--force']);
      }
    });
  });
});
