import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { describeEngines, type Engine } from '../../rig/engines.ts';
import { portplan } from '../../rig/portplan.ts';
import { tempFolder } from '../../rig/temp.ts';
import { ask } from '../ask.ts';

/** A program for the engine's network: listens on `port` of 127.0.0.1 and forwards all bytes to the engine. */
const forward = `
  import net from 'node:net';
  import tls from 'node:tls';
  import { readFileSync } from 'node:fs';
  const [socketPath, folder] = process.argv.slice(1);
  const pass = (client) => {
    const engine = net.connect(socketPath);
    client.on('error', () => engine.destroy()).pipe(engine);
    engine.on('error', () => client.destroy()).pipe(client);
  };
  const read = (name) => readFileSync(folder + '/' + name + '.pem');
  const server = folder === undefined
    ? net.createServer(pass)
    : tls.createServer({ key: read('key'), cert: read('cert'), ca: read('ca'), requestCert: true, rejectUnauthorized: true }, pass);
  server.listen(0, '127.0.0.1', () => console.log(server.address().port));
`;

interface Forwarder extends AsyncDisposable {
  readonly port: number;
}

async function forwardTo(engine: Engine, certificates?: string): Promise<Forwarder> {
  const args = ['--input-type=module', '-e', forward, engine.socketPath];
  const child = engine.spawnInNetwork(process.execPath, [
    ...args,
    ...(certificates === undefined ? [] : [certificates]),
  ]);
  const [line] = await once(child.stdout.setEncoding('utf8'), 'data');
  return {
    port: Number(line),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await once(child, 'close');
    },
  };
}

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
const withOpenssl = hasOpenssl ? test : test.skip;

describeEngines('the engine is found', ['moby-28', 'podman'], (engine) => {
  const holder = { holder: { kind: 'container', name: 'web' } };
  const unnamed = { DOCKER_HOST: undefined };

  async function expectFound(
    args: readonly string[],
    env: NodeJS.ProcessEnv = {},
  ): Promise<readonly (string | undefined)[]> {
    await engine.docker(['run', '-d', '--name', 'web', '-p', '8080:80', 'nginx:1.25'], {
      allowFailure: true, // it runs since the first test
    });
    const { code, answer } = await ask(engine, ['check', '8080', ...args], {
      env: { ...unnamed, ...env },
    });
    expect({ code, conflicts: answer.conflicts }).toMatchObject({ code: 1, conflicts: [holder] });
    return answer.conflicts.map(({ remedy }) => remedy?.command);
  }

  test('by --host', async () => {
    const commands = await expectFound(['--host', engine.dockerHost]);

    expect(commands).toEqual([`docker -H ${engine.dockerHost} stop web`]);
  });

  test('by DOCKER_HOST', async () => {
    expect(await expectFound([], { DOCKER_HOST: engine.dockerHost })).toEqual(['docker stop web']);
  });

  test('by a context: --context, DOCKER_CONTEXT, docker context use', async () => {
    await using config = await tempFolder();
    const env = { DOCKER_CONFIG: config.path };
    const docker = async (args: readonly string[]) =>
      await engine.docker(args, { env: { ...env, DOCKER_HOST: undefined } });
    await docker(['context', 'create', 'mine', '--docker', `host=${engine.dockerHost}`]);

    expect(await expectFound(['--context', 'mine'], env)).toEqual([
      'docker --context mine stop web',
    ]);
    await expectFound([], { ...env, DOCKER_CONTEXT: 'mine' });
    await docker(['context', 'use', 'mine']);
    await expectFound([], env);
  });

  test('over tcp', async () => {
    await using forwarder = await forwardTo(engine);

    await expectFound([], { DOCKER_HOST: `tcp://127.0.0.1:${forwarder.port}` });
  });

  withOpenssl('over TLS, with certificates of both sides', async () => {
    await using folder = await tempFolder();
    makeCertificates(folder.path);
    await using forwarder = await forwardTo(engine, folder.path);
    const env = {
      DOCKER_HOST: `tcp://127.0.0.1:${forwarder.port}`,
      DOCKER_CERT_PATH: folder.path,
      DOCKER_TLS_VERIFY: '1',
    };
    await expectFound([], env);
    await using stranger = await tempFolder();
    makeCertificates(stranger.path);
    const refused = await portplan(['check', '8080'], {
      engine,
      env: { ...env, DOCKER_CERT_PATH: stranger.path },
    });

    expect(refused.stderr).toMatch(/warning: cannot read .*certificate/);
  });

  test('over ssh, with the ssh of the user', async () => {
    await using folder = await tempFolder({
      ssh: `#!/bin/sh
echo "$@" > "$(dirname "$0")/arguments"
exec "${process.execPath}" -e '
  const engine = require("net").connect(process.env.ENGINE_SOCKET);
  process.stdin.pipe(engine).pipe(process.stdout);
  engine.on("close", () => process.exit());'
`,
    });
    await chmod(`${folder.path}/ssh`, 0o755);
    const { code, answer } = await ask(engine, ['check', '8080'], {
      env: {
        DOCKER_HOST: 'ssh://someone@far.example:2222',
        PATH: `${folder.path}:${process.env.PATH}`,
        ENGINE_SOCKET: engine.socketPath,
      },
    });

    expect({ code, conflicts: answer.conflicts }).toMatchObject({ code: 1, conflicts: [holder] });
    expect(await folder.read('arguments')).toMatch(
      /-l someone .*-p 2222 .*far\.example docker system dial-stdio/,
    );
    expect(answer.sources.find(({ name }) => name === 'processes')?.status).toBe('absent');
  });

  test('over ssh: the error shows the output of ssh', async () => {
    await using folder = await tempFolder({
      ssh: '#!/bin/sh\necho "Permission denied (publickey)." >&2\nexit 255\n',
    });
    await chmod(`${folder.path}/ssh`, 0o755);
    const { code, stderr } = await portplan(['check', '8080'], {
      engine,
      env: {
        DOCKER_HOST: 'ssh://far.example',
        PATH: `${folder.path}:${process.env.PATH}`,
      },
    });

    expect(code).toBe(3);
    expect(stderr).toContain('Permission denied (publickey)');
  });
});

/** A self-signed certificate for 127.0.0.1, for server and client. */
function makeCertificates(folder: string): void {
  const { status, stderr } = spawnSync(
    'openssl',
    [
      ...[
        'req',
        '-x509',
        '-newkey',
        'rsa:2048',
        '-nodes',
        '-days',
        '2',
        '-subj',
        '/CN=portplan test',
      ],
      ...['-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', 'key.pem', '-out', 'cert.pem'],
    ],
    { cwd: folder, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(stderr);
  spawnSync('cp', ['cert.pem', 'ca.pem'], { cwd: folder });
}
