import { describe, expect, test } from '@jest/globals';
import { fakeEngine } from '../../rig/fake-engine.ts';
import { portplan } from '../../rig/portplan.ts';
import { holdSocket } from '../../rig/sockets.ts';
import { ask } from '../ask.ts';

const color = '\u001b[';
const noEngine = { DOCKER_HOST: 'unix:///nowhere/engine.sock' };
const engineWithout = {
  '/version': { Version: '28.5.2', ApiVersion: '1.51' },
  '/info': {},
  '/containers/json': [],
};

describe('colors', () => {
  test.each([
    ['none in a pipe', [], {}, false],
    ['in a pipe with FORCE_COLOR', [], { FORCE_COLOR: '1' }, true],
    ['none with NO_COLOR', [], { NO_COLOR: '1', FORCE_COLOR: '1' }, false],
    ['with --color always', ['--color', 'always'], { NO_COLOR: '1' }, true],
    ['none with --color never', ['--color=never'], { FORCE_COLOR: '1' }, false],
    ['with PORTPLAN_COLOR', [], { PORTPLAN_COLOR: 'always' }, true],
  ])('%s', async (_name, args, env, colored) => {
    const { stdout, stderr } = await portplan(['check', '48080', ...args], {
      env: { ...noEngine, ...env },
    });

    expect(stdout.includes(color)).toBe(colored);
    expect(stderr.includes(color)).toBe(colored);
  });
});

describe('verbosity', () => {
  test('--quiet prints only the result', async () => {
    const { code, stdout, stderr } = await portplan(['check', '48080', '--quiet'], {
      env: noEngine,
    });

    expect({ code, stderr }).toEqual({ code: 3, stderr: '' });
    expect(stdout).toContain('48080/tcp');
  });

  test('--verbose lists the sources that were read', async () => {
    await using engine = await fakeEngine(engineWithout);
    const env = { DOCKER_HOST: engine.dockerHost };
    const { stderr } = await portplan(['check', '48080', '--verbose'], { env });

    expect(stderr).toContain(`engine: Docker 28.5.2, ${engine.dockerHost}, 0 containers`);
    expect(stderr).toMatch(/^processes: \d+ sockets? of this host/m);
  });
});

describe('environment variables for flags', () => {
  test('set the flags that are not given', async () => {
    await using held = await holdSocket({
      ...{ protocol: 'tcp', state: 'listen', address: '127.0.0.1', port: 0 },
    });
    await using engine = await fakeEngine(engineWithout);
    const env = {
      PORTPLAN_HOST: engine.dockerHost,
      PORTPLAN_FORMAT: 'json',
      PORTPLAN_PUBLISH: `${held.port}:80`,
      PORTPLAN_REQUIRE: 'engine,processes',
    };
    const { code, stdout } = await portplan(['check'], { env });

    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ verdict: 'conflict', publishes: [{ target: 80 }] });
    expect(engine.requests.length).toBeGreaterThan(0);
  });

  test('are overridden by the command line', async () => {
    const env = { ...noEngine, PORTPLAN_FORMAT: 'json' };
    const { stdout } = await portplan(['check', '48080', '--format', 'table'], { env });

    expect(stdout).toMatch(/^unknown {3}48080\/tcp/);
  });

  test('are validated as flags are', async () => {
    const { code, stderr } = await portplan(['check', '48080'], {
      env: { PORTPLAN_FORMAT: 'yaml' },
    });

    expect(code).toBe(2);
    expect(stderr).toContain('invalid PORTPLAN_FORMAT "yaml": expected');
  });
});

describe('an error as JSON', () => {
  test.each([
    [['check', '-p', 'localhost:80:80'], 2, 'invalid-publish'],
    [['check', '--bogus'], 2, 'invalid-usage'],
    [['check', '--context', 'moon'], 2, 'unknown-context'],
    [['plan'], 2, 'invalid-usage'],
    [['run', '-d', 'nginx:1.25'], 125, 'engine-absent'],
    [['run', '-d', '-p', '99999:80', 'nginx:1.25'], 125, 'invalid-publish'],
  ])('%j: %i %s', async (args, expected, errorCode) => {
    const { code, answer } = await ask(undefined, args, { env: noEngine });

    expect(code).toBe(expected);
    expect(answer).toMatchObject({ command: args[0], error: { code: errorCode } });
  });
});
