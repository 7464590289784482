import { describe, expect, test } from '@jest/globals';
import { allEngines, describeEngines, type Engine } from './rig/engines.ts';
import { cut, failing, fakeEngine, garbage, hang, slow } from './rig/fake-engine.ts';
import { portplan, spawnPortplan } from './rig/portplan.ts';
import { run } from './rig/run.ts';
import { holdSocket, type SocketRequest } from './rig/sockets.ts';
import { tempFolder } from './rig/temp.ts';

const versions = { 'moby-28': /^(2[89]|[3-9]\d)\./, 'moby-20': /^20\.10\./, podman: /^\d/ };

describeEngines('a real engine', allEngines, (engine) => {
  test('reports its version to the command line and over its socket', async () => {
    const { stdout } = await engine.docker(['version', '--format', '{{.Server.Version}}']);
    const { status, json } = await engine.api<{ Version: string }>('GET', '/version');

    expect(stdout.trim()).toMatch(versions[engine.name]);
    expect({ status, version: json.Version }).toEqual({ status: 200, version: stdout.trim() });
  });

  test('pulls an image that publishes a port, which answers', async () => {
    await engine.removeAllImages();
    await engine.docker(['run', '-d', '--name', 'web', '-p', '8080:80', 'nginx:1.25']);

    expect(await fetchPage(engine, '127.0.0.1:8080')).toBe('library/nginx:1.25\n');
  });

  test('refuses a port that is held', async () => {
    await using _held = await holdSocket({ ...tcp, network: engine, port: 8083 });
    const { code, stderr } = await engine.docker(['run', '-p', '8083:80', 'nginx:1.25'], {
      allowFailure: true,
    });

    expect(code).toBeGreaterThan(0);
    expect(stderr).toMatch(/address already in use|409/);
  });

  test('starts a compose project', async () => {
    await using project = await tempFolder({
      'compose.yaml': 'services: { web: { image: "nginx:1.25", ports: ["8081:80"] } }\n',
    });
    await engine.compose(['up', '-d'], { cwd: project.path });

    expect(await fetchPage(engine, '127.0.0.1:8081')).toBe('library/nginx:1.25\n');
  });

  test('removes all its containers', async () => {
    await engine.docker(['run', '-d', '-p', '8084:80', 'nginx:1.25']);
    await engine.removeAllContainers();

    expect((await engine.api('GET', '/containers/json?all=true')).json).toEqual([]);
    expect(await isBlocked(engine, '127.0.0.1', 8084)).toBe(false);
  });

  test('has addresses of its own', async () => {
    for (const address of ['10.99.0.1', 'fd99::1', '::1']) {
      await using socket = await holdSocket({ ...tcp, network: engine, address, port: 0 });
      expect(socket.port).toBeGreaterThan(0);
    }
  });
});

describeEngines('a faulty engine', ['moby-28'], (engine) => {
  test('hangs while it is paused', async () => {
    await engine.pause();
    const version = ['version', '--format', '{{.Server.Version}}'];
    const asked = engine.docker(version, { timeoutMs: 1000 });
    await expect(asked).rejects.toThrow('took longer than 1000 ms');
    await engine.resume();

    expect((await engine.docker(version)).code).toBe(0);
  });

  test('comes back with its containers after a power cut', async () => {
    await engine.docker(['run', '-d', '--restart=always', '-p', '8080:80', 'nginx:1.25']);
    await engine.docker(['run', '-d', '--name', 'idle', 'nginx:1.25']);
    await engine.kill();
    await expect(engine.api('GET', '/_ping')).rejects.toThrow();
    await engine.restart();

    const { stdout } = await engine.docker(['ps', '-a', '--format', '{{.State}}']);
    expect(stdout.split('\n').filter(Boolean).sort()).toEqual(['exited', 'running']);
    expect(await fetchPage(engine, '127.0.0.1:8080')).toBe('library/nginx:1.25\n');
  });

  test('accepts further flags', async () => {
    await engine.restart(['--ip=127.0.0.1']);
    await engine.docker(['run', '-d', '--name', 'local', '-p', '8082:80', 'nginx:1.25']);

    expect((await engine.docker(['port', 'local'])).stdout).toBe('80/tcp -> 127.0.0.1:8082\n');
  });
});

const tcp = { protocol: 'tcp', address: '127.0.0.1', state: 'listen' } as const;
const port = 41_000;

/** As docker binds: listening, with SO_REUSEADDR for TCP, and only IPv6 on an IPv6 address. */
async function isBlocked(engine: Engine, address: string, asked = port): Promise<boolean> {
  try {
    await using socket = await holdSocket({
      ...{ network: engine, address, port: asked, protocol: 'tcp', state: 'listen' },
      ...{ reuseAddr: true, v6only: address.includes(':') },
    });
    return socket.port !== asked;
  } catch (error) {
    if (String(error).includes('Address already in use')) return true;
    throw error;
  }
}

// The rules are those of inet_csk_bind_conflict() in the kernel.
const blocking: readonly (readonly [
  name: string,
  held: SocketRequest,
  blocked: readonly string[],
  free: readonly string[],
])[] = [
  [
    'a listener on 0.0.0.0',
    { ...tcp, port, address: '0.0.0.0' },
    ['0.0.0.0', '127.0.0.1', '10.99.0.1'],
    ['::', '::1'],
  ],
  ['a listener on one address', { ...tcp, port }, ['0.0.0.0', '127.0.0.1'], ['127.0.0.2', '::']],
  [
    'a dual-stack listener',
    { ...tcp, port, address: '::' },
    ['0.0.0.0', '127.0.0.1', '::', '::1'],
    [],
  ],
  [
    'an IPv6-only listener',
    { ...tcp, port, address: '::', v6only: true },
    ['::', 'fd99::1'],
    ['0.0.0.0', '127.0.0.1'],
  ],
  [
    'a listener on an IPv4-mapped address',
    { ...tcp, port, address: '::ffff:127.0.0.1' },
    ['0.0.0.0', '127.0.0.1'],
    ['::', '127.0.0.2'],
  ],
  [
    'a listener with SO_REUSEPORT',
    { ...tcp, port, reuseAddr: true, reusePort: true },
    ['127.0.0.1'],
    [],
  ],
  ['a bound socket', { ...tcp, port, state: 'bound' }, ['0.0.0.0', '127.0.0.1'], ['127.0.0.2']],
  [
    'a bound socket with SO_REUSEADDR',
    { ...tcp, port, state: 'bound', reuseAddr: true },
    [],
    ['0.0.0.0', '127.0.0.1'],
  ],
  [
    'an outgoing connection',
    { ...tcp, port, state: 'established' },
    ['0.0.0.0', '127.0.0.1'],
    ['127.0.0.2'],
  ],
  [
    'an outgoing connection bound with SO_REUSEADDR',
    { ...tcp, port, state: 'established', reuseAddr: true },
    [],
    ['0.0.0.0', '127.0.0.1'],
  ],
  ['a UDP socket', { ...tcp, port, protocol: 'udp', state: 'bound' }, [], ['127.0.0.1']],
  // Last, and on ports of their own: what they leave stays for a minute.
  [
    'TIME_WAIT of a client',
    { ...tcp, port: 42_001, state: 'time-wait' },
    ['0.0.0.0', '127.0.0.1'],
    ['127.0.0.2'],
  ],
  [
    'TIME_WAIT of a server',
    { ...tcp, port: 42_002, state: 'time-wait-server' },
    [],
    ['0.0.0.0', '127.0.0.1'],
  ],
];

describeEngines('a held socket', ['moby-20'], (engine) => {
  test.each(blocking)(
    '%s blocks the ports that the kernel blocks',
    async (_name, held, blocked, free) => {
      await using socket = await holdSocket({ ...held, network: engine });
      const check = (address: string): Promise<boolean> => isBlocked(engine, address, socket.port);

      for (const address of blocked)
        expect([address, await check(address)]).toEqual([address, true]);
      for (const address of free) expect([address, await check(address)]).toEqual([address, false]);
    },
  );

  test.each([
    ['listen', '0A'],
    ['established', '01'],
    ['time-wait', '06'],
    ['time-wait-server', '06'],
  ] as const)('%s is seen as state %s in /proc/net/tcp', async (state, code) => {
    await using socket = await holdSocket({ ...tcp, network: engine, port: 0, state });

    expect(await readStates(engine, socket.port)).toEqual([code]);
  });

  test('a bound socket is not in /proc/net/tcp', async () => {
    await using socket = await holdSocket({ ...tcp, network: engine, port: 0, state: 'bound' });

    expect(await readStates(engine, socket.port)).toEqual([]);
  });

  test('is closed when it is disposed of', async () => {
    const socket = await holdSocket({ ...tcp, network: engine, port: 0 });
    await socket[Symbol.asyncDispose]();

    expect(await isBlocked(engine, '127.0.0.1', socket.port)).toBe(false);
    expect(() => process.kill(socket.pid, 0)).toThrow('ESRCH');
  });

  test('has the requested user and name', async () => {
    await using socket = await holdSocket({
      ...{ ...tcp, network: engine, port: 0, user: 65_534, name: 'quiet-holder' },
    });
    const { stdout } = await run('ps', ['-o', 'uid=,comm=', '-p', String(socket.pid)]);

    expect(stdout.trim().split(/\s+/)).toEqual(['65534', 'quiet-holder']);
  });
});

/** Local states of a port among the IPv4 TCP sockets of the engine's network. */
async function readStates(engine: Engine, wanted: number): Promise<readonly string[]> {
  const { stdout } = await engine.inNetwork('cat', ['/proc/net/tcp']);
  const rows = stdout.split('\n').map((line) => line.trim().split(/\s+/));
  const hex = wanted.toString(16).toUpperCase().padStart(4, '0');
  return rows.flatMap(([, local, , state = '']) => (local?.endsWith(`:${hex}`) ? [state] : []));
}

async function fetchPage(engine: Engine, address: string): Promise<string> {
  const script = `for (let i = 0; ; i++) try {
    process.stdout.write(await (await fetch('http://${address}')).text()); break;
  } catch (error) { if (i > 50) throw error; await new Promise((r) => setTimeout(r, 100)); }`;
  const args = ['--input-type=module', '-e', script];
  const { stdout, stderr } = await engine.inNetwork(process.execPath, args);
  return stdout + stderr;
}

const onLinux = process.platform === 'linux' ? test : test.skip;

describe('portplan in a process of its own', () => {
  test('gets a clean environment, its input and a time limit', async () => {
    await using folder = await tempFolder({
      'show.js': `process.stdin.on('data', (text) => process.stdout.write(text)).on('end', () => {
        console.log(process.argv[2], process.env.DOCKER_HOST, process.env.CI, process.env.EXTRA);
        if (process.argv[2] === 'wait') setTimeout(() => {}, 60_000); else process.exitCode = 3;
      });`,
    });
    const bin = `${folder.path}/show.js`;

    const result = await portplan(['ps'], { bin, input: 'hello\n', env: { EXTRA: 'more' } });
    expect(result).toEqual({
      ...{ code: 3, signal: null, stderr: '' },
      stdout: 'hello\nps undefined undefined more\n',
    });
    await expect(portplan(['wait'], { bin, timeoutMs: 500 })).rejects.toThrow('500 ms');
  });

  test('can be written to and interrupted', async () => {
    await using folder = await tempFolder({
      'talk.js': `process.stdin.on('data', (text) => console.log('heard', String(text)));
        process.on('SIGINT', () => process.exit(130));
        console.log('ready');`,
    });
    await using program = await spawnPortplan([], { bin: `${folder.path}/talk.js` });
    await program.waitForStdout('ready');
    program.child.stdin.write('words');
    await program.waitForStdout(/heard words/);
    await expect(program.waitForStderr('nothing', 100)).rejects.toThrow('heard words');
    program.interrupt();

    expect(await program.ended()).toMatchObject({ code: 130, signal: null, stderr: '' });
  });

  onLinux('can be talked to on a terminal', async () => {
    await using folder = await tempFolder({
      'ask.js': `process.on('SIGINT', () => process.exit(130));
        process.stdin.on('data', (text) => console.error('heard', String(text).trim()));
        console.log(process.stdin.isTTY, process.stdout.isTTY, process.stderr.columns);`,
    });
    await using program = await spawnPortplan([], {
      ...{ bin: `${folder.path}/ask.js`, env: { NO_COLOR: '1' }, terminal: true },
    });
    await program.waitForStdout('true true 80\r\n');
    program.child.stdin.write('yes\n');
    await program.waitForStdout('heard yes');
    program.child.stdin.write('\x03');

    expect((await program.ended()).code).toBe(130);
  });
});

describe('a fake engine', () => {
  test('answers its routes, with and without a version, and records the requests', async () => {
    const routes = { '/info': { Name: 'fake' }, 'POST /x': {}, '/x': failing(409, 'in conflict') };
    await using engine = await fakeEngine(routes, { transport: 'tcp' });
    const base = engine.dockerHost.replace('tcp', 'http');
    const answers = await Promise.all(
      ['/v1.41/info?a=1', '/_ping', '/x', '/nothing'].map(async (path) => {
        const answer = await fetch(base + path);
        return [answer.status, await answer.text()];
      }),
    );

    expect(answers).toEqual([
      [200, '{"Name":"fake"}'],
      [200, 'OK'],
      [409, '{"message":"in conflict"}'],
      [404, '{"message":"page not found"}'],
    ]);
    expect(engine.requests).toContainEqual({
      ...{ method: 'GET', path: '/info', query: { a: '1' }, body: '' },
    });
  });

  test.each([
    ['hang', hang, 'timeout'],
    ['garbage', garbage, 'fetch failed'],
    ['cut', cut, 'terminated'],
    ['slow', slow(400, {}), 'timeout'],
  ])('fails by %s', async (_name, handler, reason) => {
    await using engine = await fakeEngine(handler, { transport: 'tcp' });
    const base = engine.dockerHost.replace('tcp', 'http');
    const asked = fetch(base, { signal: AbortSignal.timeout(200) }).then((r) => r.text());

    await expect(asked).rejects.toThrow(reason);
  });
});
