import { expect, test } from '@jest/globals';
import { allEngines, describeEngines, type Engine } from '../../rig/engines.ts';
import { portplan, spawnPortplan } from '../../rig/portplan.ts';
import { holdSocket } from '../../rig/sockets.ts';
import { tempFolder } from '../../rig/temp.ts';
import { ask, listContainers, typeInShell } from '../ask.ts';

const listener = { protocol: 'tcp', state: 'listen', address: '127.0.0.1' } as const;

async function fetchPage(engine: Engine, url: string): Promise<string> {
  const line = 'for i in $(seq 50); do curl -sf "$0" && exit; sleep 0.1; done';
  const { stdout } = await engine.inNetwork('sh', ['-c', line, url]);
  return stdout;
}

describeEngines('run in the background', ['moby-28', 'podman'], (engine) => {
  test('pulls, starts, prints the id, and its URL answers', async () => {
    await engine.removeAllImages();
    const { code, stdout, stderr } = await portplan(['run', '-d', 'nginx:1.25'], { engine });
    const { stdout: ids } = await engine.docker(['ps', '-q', '--no-trunc']);

    expect(code).toBe(0);
    expect(stdout).toMatch(/^[0-9a-f]{64}\n$/);
    expect(ids).toBe(stdout);
    expect(stderr).toBe(
      'portplan: pulling nginx:1.25\nportplan: pulled nginx:1.25\nportplan: http://127.0.0.1:8080 -> 80/tcp\n',
    );
    expect(await fetchPage(engine, 'http://127.0.0.1:8080')).toBe('library/nginx:1.25\n');
  });

  test('takes the next port when a process holds the requested one, and reports it', async () => {
    await using _held = await holdSocket({ ...listener, network: engine, port: 9090 });
    const { code, answer, stderr } = await ask(engine, [
      'run',
      '-d',
      '-p',
      '9090:80',
      'nginx:1.25',
    ]);

    expect(code).toBe(0);
    expect(answer.ports).toMatchObject([{ hostIp: '', target: 80 }]);
    expect(answer.ports[0]?.port).not.toBe(9090);
    expect(stderr).toContain('9090 held by perl');
    expect(await fetchPage(engine, answer.ports[0]?.url ?? '')).toBe('library/nginx:1.25\n');
  });

  test('passes its flags to the engine', async () => {
    await using folder = await tempFolder({ env: 'FROM_FILE=file\n' });
    const { code, answer } = await ask(
      engine,
      [
        ...['run', '-d', '--name', 'full', '-eA=1', '-e', 'B', '--env-file', `${folder.path}/env`],
        ...[
          '-v',
          `${folder.path}:/data:ro`,
          '-w',
          '/tmp',
          '-u',
          '7:8',
          '-l',
          'x=y',
          '--hostname',
          'h',
        ],
        ...['-m', '64m', '--entrypoint', 'sleep', '--restart', 'on-failure:2', 'busybox:1', '60'],
      ],
      { env: { B: 'outer' } },
    );
    const { json } = await engine.api<Inspected>('GET', `/containers/${answer.container.id}/json`);
    const { Config, HostConfig } = json;

    expect(code).toBe(0);
    expect(answer.container.name).toBe('full');
    expect(Config.Env).toEqual(expect.arrayContaining(['A=1', 'B=outer', 'FROM_FILE=file']));
    expect(Config).toMatchObject({ WorkingDir: '/tmp', User: '7:8', Hostname: 'h' });
    expect([Config.Entrypoint].flat()).toEqual(['sleep']);
    expect(Config.Cmd).toEqual(['60']);
    expect(Config.Labels).toMatchObject({ x: 'y' });
    expect(HostConfig.Memory).toBe(64 * 1024 * 1024);
    expect(HostConfig.RestartPolicy).toEqual({ Name: 'on-failure', MaximumRetryCount: 2 });
    expect(HostConfig.Binds?.[0]).toContain(`${folder.path}:/data:ro`);
  });

  test('-P publishes all exposed ports of the image', async () => {
    const { code, answer } = await ask(engine, ['run', '-d', '-P', 'multi:1']);

    expect(code).toBe(0);
    expect(answer.ports.map(({ hostIp, target }) => [hostIp, target])).toEqual([
      ['', 53],
      ['', 80],
      ['', 443],
    ]);
  });

  test.each(['host', 'none'])('--network %s publishes no ports', async (network) => {
    const { code, answer } = await ask(engine, ['run', '-d', '--network', network, 'redis:7']);

    expect({ code, ports: answer.ports }).toEqual({ code: 0, ports: [] });
    expect(answer.notes.join()).toContain(network === 'host' ? 'uses the host network' : '');
  });

  test('exits with 125 for a name in use, and keeps only the first container', async () => {
    await engine.docker(['run', '-d', '--name', 'only', 'redis:7']);
    const before = await listContainers(engine);
    const { code, stdout, stderr } = await portplan(['run', '-d', '--name', 'only', 'redis:7'], {
      engine,
    });

    expect({ code, stdout }).toEqual({ code: 125, stdout: '' });
    expect(stderr).toContain('only');
    expect(stderr).toContain('choose another --name');
    expect(await listContainers(engine)).toEqual(before);
  });

  test('--on-conflict fail starts nothing', async () => {
    await using _held = await holdSocket({ ...listener, network: engine, port: 9191 });
    const before = await listContainers(engine);
    const args = ['run', '-d', '--on-conflict', 'fail', '-p', '9191:80', 'nginx:1.25'];
    const { code, stdout, stderr } = await portplan(args, { engine });

    expect({ code, stdout }).toEqual({ code: 125, stdout: '' });
    expect(stderr).toContain('9191/tcp is held by perl');
    expect(await listContainers(engine)).toEqual(before);
  });

  test('--format flags starts nothing', async () => {
    const before = await listContainers(engine);
    const args = ['run', '--format', 'flags', '-p', '9292:80', 'nginx:1.25'];
    const { code, stdout } = await portplan(args, { engine });

    expect({ code, stdout }).toEqual({ code: 0, stdout: '-p 9292:80\n' });
    expect(await listContainers(engine)).toEqual(before);
  });
});

interface Inspected {
  readonly Config: {
    readonly Env: readonly string[];
    readonly Entrypoint: string | readonly string[];
    readonly Cmd: readonly string[];
    readonly Labels: Readonly<Record<string, string>>;
  };
  readonly HostConfig: {
    readonly Memory: number;
    readonly Binds?: readonly string[];
    readonly RestartPolicy: { readonly Name: string; readonly MaximumRetryCount: number };
  };
}

describeEngines('run in the foreground', allEngines, (engine) => {
  test.each([
    ['the code of the container', ['busybox:1', 'sh', '-c', 'echo out; echo err >&2; exit 7'], 7],
    ['0', ['busybox:1', 'true'], 0],
    ['127 for a program that is not there', ['busybox:1', 'nothing-like-it'], 127],
    ['126 for one that may not be run', ['busybox:1', '/tmp'], 126],
    ['125 for flags that the engine refuses', ['--network', 'none-such', 'busybox:1'], 125],
  ])('exits with %s, and --rm removes the container', async (_name, args, expected) => {
    const { code, stdout, stderr } = await portplan(['run', '--rm', ...args], { engine });

    expect(code).toBe(expected);
    expect(stdout).toBe(expected === 7 ? 'out\n' : '');
    if (expected === 7) expect(stderr.split('\n')).toContain('err');
    expect(await listContainers(engine)).toEqual([]);
  });

  test('forwards stdin', async () => {
    const input = 'line\n'.repeat(20_000);
    const args = ['run', '-i', '--rm', '--quiet', 'busybox:1', 'cat'];
    const { code, stdout, stderr } = await portplan(args, { engine, input });

    expect({ code, length: stdout.length, stderr }).toEqual({
      ...{ code: 0, length: input.length, stderr: '' },
    });
  });

  test.each(['SIGTERM', 'SIGINT'] as const)('forwards %s', async (signal) => {
    const script = `trap 'echo got; exit 9' ${signal.slice(3)}; echo ready; while :; do sleep 0.1; done`;
    await using program = await spawnPortplan(['run', '--rm', 'busybox:1', 'sh', '-c', script], {
      engine,
    });
    await program.waitForStdout('ready');
    program.child.kill(signal);
    const { code, stdout } = await program.ended();

    expect({ code, stdout }).toEqual({ code: 9, stdout: 'ready\ngot\n' });
    expect(await listContainers(engine)).toEqual([]);
  });

  test('prints the URL before the output of the container', async () => {
    await using program = await spawnPortplan(['run', '--rm', 'nginx:1.25'], { engine });
    await program.waitForStderr('http://127.0.0.1:8080 -> 80/tcp');
    program.child.kill('SIGTERM');

    expect((await program.ended()).code).toBe(0);
    expect(await listContainers(engine)).toEqual([]);
  });
});

describeEngines('run at the same time', ['moby-28', 'podman'], (engine) => {
  test('gives each of twenty runs its own port, and leaves no stopped container', async () => {
    await engine.docker(['pull', 'nginx:1.25']);
    const runs = Array.from({ length: 20 }, () =>
      portplan(['run', '-d', '--quiet', '--timeout', '30', 'nginx:1.25'], {
        ...{ engine, timeoutMs: 110_000 },
      }),
    );
    const results = await Promise.all(runs);
    const { stdout } = await engine.docker(['ps', '--format', '{{.Ports}}']);
    const ports = stdout.match(/127\.0\.0\.1:\d+/g) ?? [];
    const states = (await listContainers(engine)).map((line) => line.split(' ')[1]);

    expect(results.map(({ code, stderr }) => `${code} ${stderr}`)).toEqual(Array(20).fill('0 '));
    expect(new Set(ports).size).toBe(20);
    expect(states).toEqual(Array(20).fill('running'));
  }, 120_000);
});

describeEngines('a container that cannot start', ['moby-28', 'podman'], (engine) => {
  test('is removed', async () => {
    const { code, stderr } = await portplan(['run', '-d', 'nginx:1.25', '/nowhere'], { engine });

    expect(code).toBe(127);
    expect(stderr).toContain('cannot start the container');
    expect(await listContainers(engine)).toEqual([]);
  });

  test('keeps stdout empty for scripts that read it', async () => {
    const line = `id=$("${process.execPath}" bin/portplan.js run -d --on-conflict fail -p 127.0.0.1:5000:80 nginx:1.25); echo "[$id] $?"`;
    const { stdout } = await typeInShell(engine, line);

    expect(stdout).toBe('[] 125\n');
    expect(await listContainers(engine)).toEqual([]);
  });
});
