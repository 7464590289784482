import { expect, test } from '@jest/globals';
import { proxyTo } from '../../rig/engine-proxy.ts';
import { describeEngines, type Engine } from '../../rig/engines.ts';
import { portplan, spawnPortplan } from '../../rig/portplan.ts';
import { type HeldSocket, holdSocket } from '../../rig/sockets.ts';
import { ask, listContainers } from '../ask.ts';

const listener = { protocol: 'tcp', state: 'listen', address: '127.0.0.1' } as const;

interface Inspected {
  readonly Id: string;
  readonly Config: Readonly<Record<string, unknown>> & {
    readonly Image: string;
    readonly Labels: Readonly<Record<string, string>>;
  };
  readonly HostConfig: Readonly<Record<string, unknown>>;
  readonly Mounts: readonly { readonly Name: string; readonly Destination: string }[];
  readonly NetworkSettings: {
    readonly Networks: Readonly<
      Record<string, { readonly Aliases: readonly string[]; readonly IPAMConfig: unknown }>
    >;
  };
}

async function inspect(engine: Engine, name: string): Promise<Inspected> {
  return (await engine.api<Inspected>('GET', `/containers/${name}/json`)).json;
}

/** Returns the images with files of containers; they remain between describe blocks. */
async function imagesOf(engine: Engine): Promise<readonly string[]> {
  const { stdout } = await engine.docker(['images', '-q', 'portplan-remap']);
  return stdout.split('\n').filter(Boolean);
}

async function removeAll(engine: Engine): Promise<void> {
  await engine.removeAllContainers();
  for (const image of await imagesOf(engine)) await engine.docker(['rmi', '-f', image]);
}

/** Creates a stopped container whose port another program holds. */
async function makeStuck(
  engine: Engine,
  name: string,
  port: number,
  flags: readonly string[] = [],
) {
  const args = ['--name', name, '-p', `127.0.0.1:${port}:80`, ...flags, 'nginx:1.25'];
  await engine.docker(['create', ...args]);
  return await holdSocket({ ...listener, network: engine, port });
}

/** Like {@link makeStuck}, with a container as holder: behind a proxy portplan does not read the sockets of the host. */
async function makeStuckBehind(engine: Engine, name: string, port: number): Promise<void> {
  const publish = ['-p', `127.0.0.1:${port}:80`, 'nginx:1.25'];
  await engine.docker(['run', '-d', '--name', 'holder', ...publish]);
  await engine.docker(['create', '--name', name, ...publish]);
  await engine.docker(['cp', '/etc/hostname', `${name}:/file`]);
}

describeEngines('start --remap', ['moby-28', 'moby-20'], (engine) => {
  test('recreates the container with everything that it had', async () => {
    await engine.docker(['pull', 'nginx:1.25']);
    for (const [name, subnet] of [
      ['north', '10.88.1.0/24'],
      ['south', '10.88.2.0/24'],
    ] as const)
      await engine.docker(['network', 'create', '--subnet', subnet, name]);
    await engine.docker([
      ...['create', '--name', 'full', '-p', '127.0.0.1:7311:80', '-p', '7312:81'],
      ...[
        '-e',
        'A=1',
        '-l',
        'x=y',
        '-v',
        '/anon',
        '-v',
        'full-named:/named',
        '--tmpfs',
        '/fleeting',
      ],
      ...['--network', 'north', '--network-alias', 'nord', '--memory', '64m', '-w', '/tmp'],
      ...['--restart', 'on-failure:3', '--entrypoint', '/bin/serve', 'nginx:1.25', '80/tcp'],
    ]);
    await engine.docker([
      'network',
      'connect',
      '--alias',
      'sud',
      '--ip',
      '10.88.2.9',
      'south',
      'full',
    ]);
    await engine.docker(['start', 'full']);
    const write = 'echo file >/file; echo anon >/anon/f; echo named >/named/f; rm /bin/sleep';
    await engine.docker(['exec', 'full', 'sh', '-c', write]);
    await engine.docker(['stop', '-t', '1', 'full']);
    const old = await inspect(engine, 'full');
    await using _held = await holdSocket({ ...listener, network: engine, port: 7311 });
    const { code, answer, stderr } = await ask(engine, ['start', '--remap', 'full']);
    const now = await inspect(engine, 'full');
    const read = 'cat /file /anon/f /named/f; ls /bin/sleep';
    const files = await engine.docker(['exec', 'full', 'sh', '-c', read], { allowFailure: true });
    const page = await engine.inNetwork('curl', ['-sf', answer.containers[0]?.ports[0]?.url ?? '']);
    await engine.docker(['volume', 'rm', 'full-named'], { allowFailure: true });

    expect({ code, state: answer.containers[0]?.state }).toEqual({ code: 0, state: 'remapped' });
    expect(stderr).toContain('copying the files of full');
    expect(page.stdout).toBe('library/nginx:1.25\n');
    expect(files.stdout).toBe('file\nanon\nnamed\n');
    expect(now.Id).not.toBe(old.Id);
    const { Image, Labels, ...config } = now.Config;
    const { Image: oldImage, Labels: oldLabels, ...oldConfig } = old.Config;
    expect(config).toEqual(oldConfig);
    expect(Labels).toMatchObject({ ...oldLabels, 'portplan.image': oldImage });
    expect(Image).toBe(answer.containers[0]?.image);
    const { PortBindings, Binds, ...host } = now.HostConfig;
    const { PortBindings: oldPorts, Binds: oldBinds, ...oldHost } = old.HostConfig;
    expect(host).toEqual(oldHost);
    expect(PortBindings).toMatchObject({ '81/tcp': [{ HostPort: '7312' }] });
    expect(PortBindings).not.toEqual(oldPorts);
    expect(Binds).toEqual(expect.arrayContaining(oldBinds as string[]));
    const volumes = ({ Mounts }: Inspected) =>
      Mounts.map(({ Name, Destination }) => `${Name}:${Destination}`).sort();
    expect(volumes(now)).toEqual(volumes(old));
    expect(now.NetworkSettings.Networks).toMatchObject({
      north: { Aliases: expect.arrayContaining(['nord']) },
      south: { Aliases: expect.arrayContaining(['sud']), IPAMConfig: { IPv4Address: '10.88.2.9' } },
    });
    expect(await listContainers(engine)).toEqual(['full running']);
  });

  test('uses the image of the container when no file has changed', async () => {
    await using _held = await makeStuck(engine, 'plain', 7313);
    const { code, stdout } = await portplan(['start', '--remap', 'plain'], { engine });

    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^remapped {2}plain\n +open at +http:\/\/127\.0\.0\.1:\d+ -> 80\/tcp\n +moved +7313 held by perl/,
    );
    expect((await inspect(engine, 'plain')).Config.Image).toBe('nginx:1.25');
  });

  test('keeps the old container when a network is gone', async () => {
    await engine.docker(['network', 'create', 'fading']);
    await using _held = await makeStuck(engine, 'orphan', 7314, ['--network', 'fading']);
    const { Id } = await inspect(engine, 'orphan');
    await engine.docker(['network', 'rm', 'fading']);
    const before = await listContainers(engine);
    const { code, answer } = await ask(engine, ['start', '--remap', 'orphan']);

    expect(code).toBe(1);
    expect(answer.containers).toMatchObject([
      { id: Id, state: 'failed', message: expect.stringContaining('fading') },
    ]);
    expect(await listContainers(engine)).toEqual(before);
  });

  test('keeps a container that others are joined to by id', async () => {
    await using _held = await makeStuck(engine, 'hub', 7315);
    await engine.docker(['create', '--name', 'spoke', '--network', 'container:hub', 'nginx:1.25']);
    const { code, answer } = await ask(engine, ['start', '--remap', 'hub']);

    expect(code).toBe(1);
    expect(answer.containers).toMatchObject([
      { state: 'conflict', message: expect.stringContaining('spoke would lose it') },
    ]);
    expect(await listContainers(engine)).toContain('hub created');
  });

  test('plans again when another program takes a port between plan and start', async () => {
    await makeStuckBehind(engine, 'raced', 7316);
    const holders: HeldSocket[] = [];
    await using proxy = await proxyTo(engine, async ({ url = '' }) => {
      if (!url.endsWith('/start') || holders.length > 0) return;
      const { HostConfig } = await inspect(engine, 'raced');
      const ports = HostConfig.PortBindings as Readonly<
        Record<string, readonly { readonly HostPort: string }[]>
      >;
      const port = Number(ports['80/tcp']?.[0]?.HostPort);
      holders.push(await holdSocket({ ...listener, network: engine, port }));
    });
    const { code, answer, stderr } = await ask(
      engine,
      ['start', '--remap', '--range', '7350-7399', 'raced'],
      {
        env: { DOCKER_HOST: proxy.dockerHost },
      },
    );
    const [holder] = holders;
    await holder?.[Symbol.asyncDispose]();

    expect({ code, error: answer.error }).toEqual({ code: 0 });
    expect(stderr).toContain(`port ${holder?.port} was taken in the meantime; trying `);
    expect(answer.containers).toMatchObject([{ state: 'remapped' }]);
    expect((await listContainers(engine)).filter((line) => line.startsWith('raced'))).toEqual([
      'raced running',
    ]);
  });
});

/** The calls of a remap that change state, by the ends of their paths. */
const steps = ['/commit', '/containers/create', '/rename', '/start'] as const;

describeEngines('an interrupted start --remap', ['moby-28'], (engine) => {
  test.each([
    ...steps.map((step) => ['SIGINT', step, 130] as const),
    ['SIGTERM', '/start', 143] as const,
  ])('is rolled back after %s at %s', async (signal, step, expected) => {
    await removeAll(engine);
    await makeStuckBehind(engine, 'cut', 7320);
    let reached = () => {};
    const there = new Promise<void>((resolve) => {
      reached = resolve;
    });
    await using proxy = await proxyTo(
      engine,
      async () => {},
      async ({ url = '' }) => {
        if (!new URL(url, 'http://engine').pathname.endsWith(step)) return;
        reached();
        await new Promise((resolve) => setTimeout(resolve, 300));
      },
    );
    await using program = await spawnPortplan(['start', '--remap', 'cut'], {
      ...{ engine, env: { DOCKER_HOST: proxy.dockerHost } },
    });
    await there;
    program.child.kill(signal);
    const { code, stderr } = await program.ended();

    expect(code).toBe(expected);
    expect(stderr).toContain(`interrupted by ${signal}`);
    expect(await listContainers(engine)).toEqual(['cut created', 'holder running']);
    expect(await imagesOf(engine)).toEqual([]);
  });

  test.each(steps)('is recovered by the next start after SIGKILL at %s', async (step) => {
    await removeAll(engine);
    await makeStuckBehind(engine, 'cut', 7321);
    let kill = () => {};
    await using proxy = await proxyTo(
      engine,
      async () => {},
      async ({ url = '' }) => {
        if (new URL(url, 'http://engine').pathname.endsWith(step)) kill();
      },
    );
    await using program = await spawnPortplan(['start', '--remap', 'cut'], {
      ...{ engine, env: { DOCKER_HOST: proxy.dockerHost } },
    });
    kill = () => program.child.kill('SIGKILL');
    const { code, signal } = await program.ended();
    expect({ code, signal }).toEqual({ code: null, signal: 'SIGKILL' });
    await engine.docker(['rm', '-f', 'holder']);
    const next = await ask(engine, ['start', 'cut']);

    expect(next.code).toBe(0);
    expect(next.answer.containers).toMatchObject([
      { name: 'cut', state: step === '/start' ? 'already-running' : 'started' },
    ]);
    expect(await listContainers(engine)).toEqual(['cut running']);
    expect(await imagesOf(engine)).toHaveLength(step === '/start' ? 1 : 0);
  });
});

describeEngines('start --remap on an engine that dies', ['moby-28'], (engine) => {
  test.each(['/rename', '/start'])(
    'is rolled back when the engine dies at %s and restarts',
    async (step) => {
      await removeAll(engine);
      await engine.docker(['pull', 'nginx:1.25']);
      await makeStuckBehind(engine, 'survivor', 7340);
      let back: Promise<void> | undefined;
      await using proxy = await proxyTo(
        engine,
        async () => {},
        async ({ url = '' }) => {
          if (back !== undefined || !new URL(url, 'http://engine').pathname.endsWith(step)) return;
          await engine.kill();
          back = engine.restart();
          throw new Error('the answer is lost');
        },
      );
      const { code, stderr } = await portplan(['start', '--remap', 'survivor'], {
        ...{ engine, env: { DOCKER_HOST: proxy.dockerHost } },
      });
      await back;

      expect({ code, stderr }).toMatchObject({
        code: 3,
        stderr: expect.stringContaining('closed the connection'),
      });
      expect(await listContainers(engine)).toEqual(['holder exited', 'survivor created']);
      expect(await imagesOf(engine)).toEqual([]);
    },
  );
});

describeEngines('start --remap on Podman', ['podman'], (engine) => {
  test('is refused with the reason', async () => {
    await engine.docker(['pull', 'nginx:1.25']);
    await using _held = await makeStuck(engine, 'pod', 7330);
    const { code, answer } = await ask(engine, ['start', '--remap', 'pod']);

    expect(code).toBe(1);
    expect(answer.containers).toMatchObject([
      {
        state: 'conflict',
        message: expect.stringContaining("Podman's Docker API does not report"),
      },
    ]);
    expect(await listContainers(engine)).toEqual(['pod created']);
  });
});
