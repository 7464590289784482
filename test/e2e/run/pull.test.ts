import { chmod } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { describeEngines } from '../../rig/engines.ts';
import { fakeEngine, type Handler } from '../../rig/fake-engine.ts';
import { portplan, spawnPortplan } from '../../rig/portplan.ts';
import { tempFolder } from '../../rig/temp.ts';
import { listContainers } from '../ask.ts';

const image = '127.0.0.1:5001/private/nginx:1.25';
const secret = 'secret';

describeEngines('a private image', ['moby-28', 'podman'], (engine) => {
  test.each([
    ['auths', 'auths'],
    ['a helper of this registry', 'credHelpers'],
    ['the helper of all', 'credsStore'],
  ])('is pulled with the credentials of %s, without printing them', async (_name, kind) => {
    await engine.removeAllContainers();
    await engine.removeAllImages();
    const auth = Buffer.from(`tester:${secret}`).toString('base64');
    const configs: Readonly<Record<string, object>> = {
      auths: { auths: { '127.0.0.1:5001': { auth } } },
      credHelpers: { credHelpers: { '127.0.0.1:5001': 'fake' } },
      credsStore: { credsStore: 'fake' },
    };
    await using folder = await tempFolder({
      'config.json': JSON.stringify(configs[kind]),
      'docker-credential-fake': `#!/bin/sh\necho '{"Username":"tester","Secret":"${secret}"}'\n`,
    });
    await chmod(`${folder.path}/docker-credential-fake`, 0o755);
    const { code, stdout, stderr } = await portplan(['run', '-d', '--verbose', image], {
      engine,
      env: { DOCKER_CONFIG: folder.path, PATH: `${folder.path}:${process.env.PATH}` },
    });

    expect(code).toBe(0);
    expect(stderr).toContain(`pulled ${image}`);
    for (const text of [secret, auth]) expect(stdout + stderr).not.toContain(text);
  });

  test('cannot be pulled without credentials or with a wrong password', async () => {
    await engine.removeAllContainers();
    await engine.removeAllImages();
    const auth = Buffer.from('tester:wrong-word').toString('base64');
    await using folder = await tempFolder({
      'config.json': JSON.stringify({ auths: { '127.0.0.1:5001': { auth } } }),
    });
    const without = await portplan(['run', '-d', image], { engine });
    const wrong = await portplan(['run', '-d', image], {
      engine,
      env: { DOCKER_CONFIG: folder.path },
    });

    for (const { code, stdout, stderr } of [without, wrong]) {
      expect({ code, stdout }).toEqual({ code: 125, stdout: '' });
      expect(stderr).toContain(`cannot pull ${image}: `);
      expect(stderr).toContain('docker login');
      expect(stderr).not.toContain('wrong-word');
    }
    expect(await listContainers(engine)).toEqual([]);
  });
});

/** Responds with the progress of one layer, then with nothing more. */
const endlessPull: Handler = (_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  const detail = { current: 1_000_000, total: 5_000_000 };
  response.write(
    `${JSON.stringify({ id: '0123456789ab', status: 'Downloading', progressDetail: detail })}\n`,
  );
};

const engineThatPulls = {
  '/version': { Version: '28.5.2', ApiVersion: '1.51' },
  '/info': {},
  '/containers/json': [],
  'POST /images/create': endlessPull,
};

describe('a pull', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)(
    'that is interrupted by %s ends with %i and leaves nothing',
    async (signal, expected) => {
      await using engine = await fakeEngine(engineThatPulls);
      const env = { DOCKER_HOST: engine.dockerHost };
      await using program = await spawnPortplan(['run', 'some:1'], { env });
      await program.waitForStderr('pulling some:1');
      program.child.kill(signal);
      const { code, stdout, stderr } = await program.ended();

      expect({ code, stdout }).toEqual({ code: expected, stdout: '' });
      expect(stderr).toContain(`interrupted by ${signal}`);
      expect(engine.requests.map(({ path }) => path)).not.toContain('/containers/create');
    },
  );

  test('shows its progress on a terminal', async () => {
    await using engine = await fakeEngine(engineThatPulls);
    const env = { DOCKER_HOST: engine.dockerHost };
    await using program = await spawnPortplan(['run', 'some:1'], { env, terminal: true });
    await program.waitForStdout('pulling some:1  0 of 1 layers  1.0 MB of 5.0 MB');
    program.child.stdin.write('\x03');

    expect((await program.ended()).code).toBe(130);
  });

  test('fails with the message of the engine', async () => {
    const refused = `${JSON.stringify({ error: 'pull access denied for some' })}\n`;
    await using engine = await fakeEngine({
      ...engineThatPulls,
      'POST /images/create': ((_request, response) => {
        response.end(refused);
      }) as Handler,
    });
    const env = { DOCKER_HOST: engine.dockerHost };
    const { code, stderr } = await portplan(['run', 'some:1'], { env });

    expect(code).toBe(125);
    expect(stderr).toContain('cannot pull some:1: pull access denied for some');
  });

  test('is given up when it hangs and the engine hangs too', async () => {
    let pulling = false;
    await using engine = await fakeEngine({
      ...engineThatPulls,
      '/_ping': ((_request, response) => {
        if (!pulling) response.writeHead(200, { 'api-version': '1.43' }).end('OK');
      }) as Handler,
      'POST /images/create': (() => {
        pulling = true;
      }) as Handler,
    });
    const env = { DOCKER_HOST: engine.dockerHost };
    const { code, stderr } = await portplan(['run', '--timeout', '1', 'some:1'], { env });

    expect(code).toBe(125);
    expect(stderr).toContain('did not answer within 1 s');
  });
});
