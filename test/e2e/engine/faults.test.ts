import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmod } from 'node:fs/promises';
import { createServer } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { describeEngines } from '../../rig/engines.ts';
import { cut, failing, fakeEngine, garbage, hang, type Routes } from '../../rig/fake-engine.ts';
import { portplan } from '../../rig/portplan.ts';
import { run } from '../../rig/run.ts';
import { holdSocket } from '../../rig/sockets.ts';
import { tempFolder } from '../../rig/temp.ts';
import { ask, listContainers } from '../ask.ts';

/** Five seconds for the engine, and time for the program to start on a busy machine. */
const mostMs = 9000;

async function timed<T>(work: Promise<T>): Promise<T> {
  const before = Date.now();
  const result = await work;
  expect(Date.now() - before).toBeLessThan(mostMs);
  return result;
}

const engineFaults = [
  ['hangs', hang, 'engine-timeout', 'did not answer within 5 s'],
  ['sends invalid HTTP', garbage, 'engine-failed', 'unexpected response from the engine'],
  ['is cut off', cut, 'engine-failed', 'the engine at'],
  ['reports an internal error', failing(500, 'boom'), 'engine-failed', 'boom'],
  [
    'is not an engine',
    { '/version': { hello: 'world' } },
    'engine-failed',
    'no container engine at',
  ],
] as const;

describe('an engine that', () => {
  test.each(engineFaults)(
    '%s makes check uncertain (exit 3)',
    async (_name, routes, _code, words) => {
      await using engine = await fakeEngine(routes as Routes);
      const env = { DOCKER_HOST: engine.dockerHost };
      const { code, answer, stderr } = await timed(ask(undefined, ['check', '48080'], { env }));

      expect({ code, verdict: answer.verdict }).toEqual({ code: 3, verdict: 'unknown' });
      expect(answer.sources[0]).toMatchObject({ name: 'engine', status: 'gap' });
      expect(answer.sources[0]?.detail).toContain(words);
      expect(stderr).toContain('warning: cannot read ');
    },
  );

  test.each(engineFaults)('%s makes run exit with 125', async (_name, routes, _code, words) => {
    await using engine = await fakeEngine(routes as Routes);
    const env = { DOCKER_HOST: engine.dockerHost };
    const args = ['run', '--timeout', '1', 'nginx:1.25'];
    const { code, stdout, stderr } = await timed(portplan(args, { env }));

    expect({ code, stdout }).toEqual({ code: 125, stdout: '' });
    expect(stderr).toContain(words.replace('5 s', '1 s'));
    expect(engine.requests.every(({ method }) => method === 'GET')).toBe(true);
  });

  test('hangs is abandoned after --timeout', async () => {
    await using engine = await fakeEngine(hang);
    const env = { DOCKER_HOST: engine.dockerHost };
    const before = Date.now();
    const { code, stderr } = await portplan(['check', '48080', '--timeout', '0.5'], { env });

    expect(code).toBe(3);
    expect(stderr).toContain('did not answer within 0.5 s');
    expect(Date.now() - before).toBeLessThan(4500);
  });

  test('does not answer leaves a conflict with a process a conflict', async () => {
    await using engine = await fakeEngine(garbage);
    await using held = await holdSocket({
      ...{ protocol: 'tcp', state: 'listen', address: '127.0.0.1', port: 0 },
    });
    const env = { DOCKER_HOST: engine.dockerHost };
    const { code } = await ask(undefined, ['check', String(held.port)], { env });

    expect(code).toBe(1);
  });
});

describe('an engine that is named and does not exist', () => {
  test.each([
    ['a socket', 'unix:///nowhere/engine.sock', 'no engine answers at unix:///nowhere/engine.sock'],
    ['a port', 'tcp://127.0.0.1:1', 'no engine answers at tcp://127.0.0.1:1'],
    ['a name', 'tcp://nowhere.invalid:2375', 'no engine answers at tcp://nowhere.invalid:2375'],
  ])('by %s makes check exit with 3 and run with 125', async (_name, host, words) => {
    const env = { DOCKER_HOST: host };
    const checked = await timed(portplan(['check', '48080'], { env }));
    const started = await timed(portplan(['run', 'nginx:1.25'], { env }));

    expect(checked.code).toBe(3);
    expect(checked.stderr).toContain(words);
    expect(started).toMatchObject({ code: 125, stdout: '' });
    expect(started.stderr).toContain(words);
  });

  test('by a regular file instead of a socket makes check exit with 3', async () => {
    await using folder = await tempFolder({ 'engine.sock': 'no socket' });
    const args = ['check', '48080', '--host', `unix://${folder.path}/engine.sock`];

    expect(await timed(portplan(args))).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('no engine answers'),
    });
  });

  test('by a socket of another user is reported as a missing permission', async () => {
    await using folder = await tempFolder();
    const path = `${folder.path}/engine.sock`;
    const server = createServer().listen(path);
    await once(server, 'listening');
    await chmod(path, 0o600);
    await chmod(folder.path, 0o755);
    const asNobody = (args: readonly string[]) =>
      run('setpriv', [
        ...[
          '--reuid=65534',
          '--regid=65534',
          '--clear-groups',
          '--',
          'env',
          '-i',
          `PATH=${process.env.PATH}`,
        ],
        ...['HOME=/nonexistent', `DOCKER_HOST=unix://${path}`, process.execPath, bin, ...args],
      ]);
    const checked = await timed(asNobody(['check', '48080']));
    const started = await timed(asNobody(['run', 'nginx:1.25']));
    server.close();

    expect(checked).toMatchObject({ code: 3 });
    expect(checked.stderr).toContain(`no permission to use the engine at unix://${path}`);
    expect(checked.stderr).toContain('group');
    expect(started).toMatchObject({ code: 125, stdout: '' });
    expect(started.stderr).toContain('no permission');
  });
});

const bin = new URL('../../../bin/portplan.js', import.meta.url).pathname;

describe('a host without an engine', () => {
  const env = { DOCKER_HOST: '', XDG_RUNTIME_DIR: '/nonexistent' };

  test('is reported in one line and does not change the exit code of check', async () => {
    const { code, stdout, stderr } = await portplan(['check', '48080'], { env });

    expect({ code, stdout }).toEqual({ code: 0, stdout: 'free      48080/tcp\n1 port is free\n' });
    const lines = stderr.split('\n').filter((line) => line.includes('engine'));
    expect(lines).toEqual([expect.stringMatching(/^note: no engine answers at unix:/)]);
  });

  test('makes check exit with 3 with --require engine', async () => {
    const { code, answer } = await ask(undefined, ['check', '48080', '--require', 'engine'], {
      env,
    });

    expect({ code, verdict: answer.verdict }).toEqual({ code: 3, verdict: 'unknown' });
  });
});

describe('a docker context that', () => {
  const name = 'broken';
  const hash = createHash('sha256').update(name).digest('hex');

  test('does not exist is an error', async () => {
    const { code, answer } = await ask(undefined, ['check', '48080', '--context', 'moon']);

    expect(code).toBe(2);
    expect(answer.error).toMatchObject({
      code: 'unknown-context',
      hint: 'known contexts: default',
    });
  });

  test('cannot be parsed is an error', async () => {
    await using config = await tempFolder({ [`contexts/meta/${hash}/meta.json`]: '{"Name":' });
    const env = { DOCKER_CONFIG: config.path, DOCKER_CONTEXT: name };
    const { code, answer } = await ask(undefined, ['check', '48080'], { env });

    expect(code).toBe(2);
    expect(answer.error?.code).toBe('unknown-context');
    expect(answer.error?.message).toContain('meta.json');
  });
});

describeEngines('a real engine with a fault', ['moby-28'], (engine) => {
  test('that hangs is reported, and no process is left behind', async () => {
    await engine.docker(['pull', 'nginx:1.25']);
    await engine.pause();
    const checked = await timed(portplan(['check', '8080'], { engine }));
    const started = await timed(
      portplan(['run', '-d', '--timeout', '1', 'nginx:1.25'], { engine }),
    );
    await engine.resume();

    expect(checked).toMatchObject({ code: 3, stderr: expect.stringContaining('did not answer') });
    expect(started).toMatchObject({ code: 125, stdout: '' });
    expect(await listContainers(engine)).toEqual([]);
  });

  test.each([
    [['run', '-d', '127.0.0.1:5000/none'], 125, 'cannot pull 127.0.0.1:5000/none:latest'],
    [['run', '-p', 'localhost:80:80', 'nginx:1.25'], 125, '"localhost" is not an IP address'],
    [['run', '-p', '99999:80', 'nginx:1.25'], 125, '"99999" is not a host port'],
    [['run', '--bogus', 'nginx:1.25'], 125, '--format flags'],
    [['run', '--pull', 'never', 'redis:never'], 125, 'does not have image redis:never'],
    [['check', '-p', 'localhost:80:80'], 2, '"localhost" is not an IP address'],
    [['check', '-p', '99999:80'], 2, '"99999" is not a host port'],
    [
      ['check', '127.0.0.1:5000/none'],
      2,
      'image 127.0.0.1:5000/none:latest not found in the engine',
    ],
    [
      ['plan', '127.0.0.1:5000/none'],
      2,
      'image 127.0.0.1:5000/none:latest not found in the engine',
    ],
  ])('%j ends with %i', async (args, code, words) => {
    const result = await timed(portplan(args, { engine }));

    expect(result).toMatchObject({ code, stdout: '' });
    expect(result.stderr).toContain(words);
    expect(await listContainers(engine)).toEqual([]);
  });
});
