import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { type Agent, createServer, type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import Docker from 'dockerode';
import { dialStdio, sshAgent, sshArguments } from '../../../src/engine/connect/ssh-agent.ts';

const address = { scheme: 'ssh', host: 'far' } as const;

test.each([
  ['a host', { host: 'h' }, '-o ConnectTimeout=30 -T -- h docker system dial-stdio'],
  [
    'user and port',
    { host: 'h', user: 'me', port: 2222 },
    '-l me -p 2222 -o ConnectTimeout=30 -T -- h docker system dial-stdio',
  ],
  [
    'a socket',
    { host: 'h', socketPath: '/run/x.sock' },
    '-o ConnectTimeout=30 -T -- h docker --host=unix:///run/x.sock system dial-stdio',
  ],
  [
    'a socket with a shell in it',
    { host: 'h', socketPath: "/x'; rm -rf /" },
    `-o ConnectTimeout=30 -T -- h docker '--host=unix:///x'\\''; rm -rf /' system dial-stdio`,
  ],
  [
    'a host that looks like a flag',
    { host: '-oProxyCommand=x' },
    '-o ConnectTimeout=30 -T -- -oProxyCommand=x docker system dial-stdio',
  ],
])('passes %s to ssh', (_, spec, args) => {
  expect(sshArguments({ scheme: 'ssh', ...spec }).join(' ')).toBe(args);
});

test('rounds the connect timeout up to seconds', () => {
  expect(sshArguments(address, { connectTimeoutSeconds: 1.5 })).toContain('ConnectTimeout=2');
});

/** Creates a folder for PATH with a script as `ssh`. Each run appends its pid to the file `pids`. */
async function fakeSsh(script: string) {
  const folder = await mkdtemp(join(tmpdir(), 'portplan-ssh-'));
  const file = join(folder, 'ssh');
  const body = `require('fs').appendFileSync(${JSON.stringify(join(folder, 'pids'))}, process.pid + '\\n');\n`;
  await writeFile(file, `#!${process.execPath}\n${body}${script}\n`);
  await chmod(file, 0o755);
  const env = { PATH: `${folder}${delimiter}${process.env.PATH}` };
  const pids = async () =>
    (await readFile(join(folder, 'pids'), 'utf8')).trim().split('\n').map(Number);
  return { folder, env, pids, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}

/** Creates an ssh that connects to a socket in its own folder, and an engine that listens there. */
async function fakeHost() {
  const ssh = await fakeSsh(`
    const socket = require('net').connect(require('path').join(__dirname, 'engine.sock'));
    process.stdin.pipe(socket).pipe(process.stdout);
  `);
  const engine = createServer((incoming, response) => {
    if (incoming.url === '/slow') return;
    response.end(incoming.url === '/big' ? 'x'.repeat(5_000_000) : `{"ApiVersion":"1.44"}`);
  });
  engine.on('upgrade', (_, socket) => {
    socket.write('HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n');
    socket.on('data', (chunk) => socket.write(`echo ${chunk}`)).on('end', () => socket.end());
  });
  await new Promise<void>((resolve) => engine.listen(join(ssh.folder, 'engine.sock'), resolve));
  const agent = sshAgent(address, ssh);
  return {
    ...ssh,
    agent,
    [Symbol.asyncDispose]: async () => {
      agent.destroy();
      engine.closeAllConnections();
      await new Promise((resolve) => engine.close(resolve));
      await ssh[Symbol.asyncDispose]();
    },
  };
}

function isAlive(pid: number) {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function waitForExit(pid: number) {
  for (let tries = 0; tries < 100 && isAlive(pid); tries += 1) await sleep(50);
  return !isAlive(pid);
}

// The fake ssh is a script, which Windows cannot start by name.
const describeOnUnix = process.platform === 'win32' ? describe.skip : describe;

describeOnUnix('sshAgent', () => {
  const get = (agent: Agent, path: string) =>
    new Promise<IncomingMessage>((resolve, reject) => {
      request({ agent, path, host: 'engine' }, resolve).on('error', reject).end();
    });

  test('sends consecutive requests over one connection', async () => {
    await using host = await fakeHost();
    expect(await text(await get(host.agent, '/version'))).toBe('{"ApiVersion":"1.44"}');
    expect((await text(await get(host.agent, '/big'))).length).toBe(5_000_000);
    expect(await host.pids()).toHaveLength(1);
  });

  test('sends concurrent requests', async () => {
    await using host = await fakeHost();
    const responses = await Promise.all(['/1', '/2', '/3'].map((path) => get(host.agent, path)));
    expect(await Promise.all(responses.map((response) => text(response)))).toHaveLength(3);
    expect(await host.pids()).toHaveLength(3);
  });

  test('works with dockerode', async () => {
    await using host = await fakeHost();
    const options = { agent: host.agent, protocol: 'http', host: 'engine', port: 80 } as const;
    expect(await new Docker(options).version()).toEqual({ ApiVersion: '1.44' });
  });

  test('carries an upgraded connection that ends one side at a time', async () => {
    await using host = await fakeHost();
    const upgrade = { Connection: 'Upgrade', Upgrade: 'tcp' };
    const echoed = await new Promise<string>((resolve, reject) => {
      request({ agent: host.agent, path: '/attach', method: 'POST', headers: upgrade })
        .on('upgrade', (_, socket) => {
          socket.write('hello');
          socket.once('data', () => socket.end());
          text(socket).then(resolve, reject);
        })
        .on('error', reject)
        .end();
    });
    expect(echoed).toBe('echo hello');
  });

  test('ends ssh when the agent is destroyed', async () => {
    await using host = await fakeHost();
    await text(await get(host.agent, '/version'));
    const [pid = 0] = await host.pids();
    expect(isAlive(pid)).toBe(true);
    host.agent.destroy();
    expect(await waitForExit(pid)).toBe(true);
  });

  test('emits timeout for a slow request', async () => {
    await using host = await fakeHost();
    const timedOut = new Promise<boolean>((resolve, reject) => {
      const slowRequest = request({ agent: host.agent, path: '/slow' });
      slowRequest.setTimeout(300, () => {
        resolve(true);
        slowRequest.destroy();
      });
      slowRequest
        .on('response', reject)
        .on('error', () => undefined)
        .end();
    });
    expect(await timedOut).toBe(true);
  });
});

describeOnUnix('a failing ssh', () => {
  const failure = async (env: Readonly<Record<string, string>>) => {
    const socket = dialStdio(address, { env });
    socket.write('GET / HTTP/1.1\r\n\r\n');
    return text(socket).catch((error: unknown) => error);
  };

  test.each([
    ['the host is unknown', 'ssh: Could not resolve hostname far', 255, 'engine-absent'],
    ['the login is refused', 'me@far: Permission denied (publickey).', 255, 'engine-denied'],
    ['docker is not installed', 'sh: docker: command not found', 127, 'engine-absent'],
  ])('gives the reason: %s', async (_, message, code, kind) => {
    await using ssh = await fakeSsh(
      `console.error(${JSON.stringify(message)}); process.exit(${code});`,
    );
    expect(await failure(ssh.env)).toMatchObject({
      code: kind,
      message: `ssh://far: ssh exited with ${code}: ${message}`,
      hint: expect.stringContaining('ssh far docker version'),
    });
  });

  test('keeps only the end of the error text', async () => {
    await using ssh = await fakeSsh(
      `process.stderr.write('x'.repeat(1e6) + 'the end', () => process.exit(1));`,
    );
    const error = (await failure(ssh.env)) as Error;
    expect(error.message).toMatch(/the end$/);
    expect(error.message.length).toBeLessThan(3000);
  });

  test('reports a missing ssh', async () => {
    expect(await failure({ PATH: '/nowhere' })).toMatchObject({
      code: 'engine-absent',
      message: expect.stringContaining('not installed'),
    });
  });

  test('is killed if it ignores SIGTERM', async () => {
    await using ssh = await fakeSsh(`
      process.on('SIGTERM', () => undefined);
      process.stdout.write('ready');
      setInterval(() => undefined, 1000);
    `);
    const socket = dialStdio(address, ssh);
    await new Promise((resolve) => socket.once('data', resolve));
    const [pid = 0] = await ssh.pids();
    socket.destroy();
    expect(await waitForExit(pid)).toBe(true);
  }, 15_000);
});
