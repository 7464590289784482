import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import {
  type EngineAddress,
  formatEngineAddress,
  parseEngineAddress,
} from '../../../src/engine/connect/address.ts';
import {
  defaultEndpointEnvironment,
  type EndpointEnvironment,
  type EndpointRequest,
  otherEndpoints,
  resolveEndpoint,
} from '../../../src/engine/connect/endpoints.ts';

describe('an address', () => {
  const tcp = (host: string, port: number, basePath = '') => ({
    scheme: 'tcp',
    host,
    port,
    basePath,
  });
  test.each([
    ['unix:///run/x.sock', { scheme: 'unix', path: '/run/x.sock' }],
    ['unix://', { scheme: 'unix', path: '/var/run/docker.sock' }],
    [' unix:///a b ', { scheme: 'unix', path: '/a b' }],
    ['/run/x.sock', { scheme: 'unix', path: '/run/x.sock' }],
    ['./x.sock', { scheme: 'unix', path: './x.sock' }],
    ['npipe:////./pipe/x', { scheme: 'npipe', path: '//./pipe/x' }],
    ['npipe://', { scheme: 'npipe', path: '//./pipe/docker_engine' }],
    ['tcp://10.0.0.1:1234', tcp('10.0.0.1', 1234)],
    ['tcp://h', tcp('h', 2375)],
    ['tcp://', tcp('localhost', 2375)],
    ['tcp://:1', tcp('localhost', 1)],
    ['tcp://h:1/base/path', tcp('h', 1, '/base/path')],
    ['tcp://h:1/', tcp('h', 1)],
    ['tcp://[::1]:1', tcp('::1', 1)],
    ['127.0.0.1:1', tcp('127.0.0.1', 1)],
    ['localhost:1/base', tcp('localhost', 1, '/base')],
    ['ssh://h', { scheme: 'ssh', host: 'h' }],
    ['ssh://me@h:2222', { scheme: 'ssh', host: 'h', user: 'me', port: 2222 }],
    ['ssh://h/', { scheme: 'ssh', host: 'h' }],
    ['ssh://h/run/x.sock', { scheme: 'ssh', host: 'h', socketPath: '/run/x.sock' }],
    ['ssh://[::1]', { scheme: 'ssh', host: '::1' }],
  ])('is read: %s', (text, expected) => {
    expect(parseEngineAddress(text)).toEqual(expected);
  });

  test.each([
    ['unix:///run/x.sock'],
    ['npipe:////./pipe/x'],
    ['tcp://10.0.0.1:1234'],
    ['tcp://[::1]:1/base'],
    ['ssh://me@h:2222/run/x.sock'],
    ['ssh://h'],
  ])('is written as it was read: %s', (text) => {
    expect(formatEngineAddress(parseEngineAddress(text))).toBe(text);
  });

  test.each([
    ['http://h:1', 'docker does not support http addresses'],
    ['fd://', 'unknown scheme "fd"'],
    ['foo://h', 'unknown scheme "foo"'],
    ['tcp://h:99999', 'invalid host or port'],
    ['tcp://h:x', 'invalid host or port'],
    ['tcp://h:0', 'invalid port 0'],
    ['tcp://u:secret@h:1', 'a tcp address cannot have a user'],
    ['tcp://a b:1', 'invalid host or port'],
    ['ssh://', 'it has no host'],
    ['ssh://u:secret@h:x', 'invalid host or port'],
    ['ssh://u:secret@h', 'it contains a password'],
    ['ssh://h?x=1', 'only a path may follow'],
    ['ssh://h#x', 'only a path may follow'],
  ])('is rejected: %s', (text, message) => {
    const error = catchError(() => parseEngineAddress(text));
    expect(error).toMatchObject({
      code: 'invalid-input',
      message: expect.stringContaining(message),
    });
    expect(String(error)).not.toContain('secret');
  });
});

function catchError(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return error;
  }
}

const defaults = ['unix:///var/run/docker.sock'];

function linuxWith(
  sockets: readonly string[],
  { home = '/nowhere', env = {} }: Partial<Pick<EndpointEnvironment, 'home' | 'env'>> = {},
): EndpointEnvironment {
  return {
    platform: 'linux',
    uid: 1000,
    home,
    env,
    findSocket: async (path) => (sockets.includes(path) ? path : undefined),
  };
}

/** Creates a home folder with two docker contexts; `remote` uses ssh. */
async function dockerHome(config: unknown = {}) {
  const home = await mkdtemp(join(tmpdir(), 'portplan-endpoints-'));
  const hosts = { colima: 'unix:///colima.sock', remote: 'ssh://me@h' };
  await mkdir(join(home, '.docker'));
  await writeFile(
    join(home, '.docker', 'config.json'),
    typeof config === 'string' ? config : JSON.stringify(config),
  );
  for (const [name, Host] of Object.entries(hosts)) {
    const hash = createHash('sha256').update(name).digest('hex');
    const folder = join(home, '.docker', 'contexts', 'meta', hash);
    await mkdir(folder, { recursive: true });
    const meta = { Name: name, Endpoints: { docker: { Host } } };
    await writeFile(join(folder, 'meta.json'), JSON.stringify(meta));
  }
  return { home, [Symbol.asyncDispose]: () => rm(home, { recursive: true }) };
}

function addressesOf(endpoints: readonly { readonly address: EngineAddress }[]) {
  return endpoints.map(({ address }) => formatEngineAddress(address));
}

describe('resolveEndpoint', () => {
  const host = { DOCKER_HOST: 'unix:///env.sock' };
  const context = { DOCKER_CONTEXT: 'colima' };
  const current = { currentContext: 'colima' };
  interface Expected {
    readonly address: string;
    readonly namedBy?: string;
    readonly contextName?: string;
  }
  const cases: readonly (readonly [
    string,
    EndpointRequest,
    EndpointEnvironment['env'],
    object,
    Expected,
  ])[] = [
    ['no setting', {}, {}, {}, { address: 'unix:///var/run/docker.sock' }],
    [
      '--host',
      { host: 'tcp://h:1' },
      { ...host, ...context },
      current,
      { address: 'tcp://h:1', namedBy: '--host' },
    ],
    [
      '--context',
      { context: 'remote' },
      { ...host, ...context },
      current,
      { address: 'ssh://me@h', namedBy: '--context', contextName: 'remote' },
    ],
    [
      '--context default',
      { context: 'default' },
      context,
      current,
      { address: 'unix:///var/run/docker.sock', namedBy: '--context' },
    ],
    [
      '--context default with DOCKER_HOST',
      { context: 'default' },
      host,
      current,
      { address: 'unix:///env.sock', namedBy: '--context' },
    ],
    [
      'DOCKER_HOST',
      {},
      { ...host, ...context },
      current,
      { address: 'unix:///env.sock', namedBy: 'DOCKER_HOST' },
    ],
    [
      'an empty DOCKER_HOST',
      {},
      { DOCKER_HOST: '', ...context },
      {},
      { address: 'unix:///colima.sock', namedBy: 'DOCKER_CONTEXT', contextName: 'colima' },
    ],
    [
      'DOCKER_CONTEXT',
      {},
      { DOCKER_CONTEXT: 'remote' },
      current,
      { address: 'ssh://me@h', namedBy: 'DOCKER_CONTEXT', contextName: 'remote' },
    ],
    [
      'DOCKER_CONTEXT=default',
      {},
      { DOCKER_CONTEXT: 'default' },
      current,
      { address: 'unix:///var/run/docker.sock', namedBy: 'DOCKER_CONTEXT' },
    ],
    [
      'currentContext',
      {},
      {},
      current,
      { address: 'unix:///colima.sock', namedBy: 'currentContext', contextName: 'colima' },
    ],
    [
      'currentContext default',
      {},
      {},
      { currentContext: 'default' },
      { address: 'unix:///var/run/docker.sock' },
    ],
  ];
  test.each(cases)('selects the engine by %s', async (_, request, env, config, expected) => {
    await using docker = await dockerHome(config);
    const choice = await resolveEndpoint(request, linuxWith([], { home: docker.home, env }));
    expect(addressesOf(choice.candidates)).toEqual([expected.address]);
    expect(choice).toMatchObject({
      named: expected.namedBy !== undefined,
      contextName: expected.contextName ?? 'default',
      notes: [],
    });
    expect(choice.namedBy).toBe(expected.namedBy);
  });

  test.each([
    [
      '--host with --context',
      { host: 'tcp://h', context: 'colima' },
      {},
      'invalid-usage',
      '--host and --context',
    ],
    [
      'an unknown context',
      { context: 'gone' },
      {},
      'unknown-context',
      'docker context "gone" not found',
    ],
    [
      'an invalid address',
      {},
      { DOCKER_HOST: 'http://h' },
      'invalid-input',
      'invalid engine address',
    ],
    [
      'an invalid API version',
      {},
      { DOCKER_API_VERSION: 'latest' },
      'invalid-input',
      'DOCKER_API_VERSION "latest"',
    ],
  ])('%s is an error', async (_, request, env, code, message) => {
    await using docker = await dockerHome();
    const search = resolveEndpoint(request, linuxWith([], { home: docker.home, env }));
    await expect(search).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
      hint: expect.any(String),
    });
  });

  test.each([
    ['v1.41', '1.41'],
    ['1.44', '1.44'],
    ['', undefined],
  ])('DOCKER_API_VERSION=%s', async (DOCKER_API_VERSION, expected) => {
    const choice = await resolveEndpoint({}, linuxWith([], { env: { DOCKER_API_VERSION } }));
    expect(choice.apiVersion).toBe(expected);
  });

  test('a broken config.json gives a note, as with docker', async () => {
    await using docker = await dockerHome('{"currentContext":"colima"');
    const choice = await resolveEndpoint({}, linuxWith([], { home: docker.home }));
    expect(addressesOf(choice.candidates)).toEqual(defaults);
    expect(choice.notes).toEqual([expect.stringContaining('config.json is not a JSON object')]);
  });

  test('the default on Windows is a named pipe', async () => {
    const from = { ...linuxWith([]), platform: 'win32', uid: undefined } as const;
    expect(addressesOf((await resolveEndpoint({}, from)).candidates)).toEqual([
      'npipe:////./pipe/docker_engine',
      'npipe:////./pipe/dockerDesktopLinuxEngine',
      'npipe:////./pipe/podman-machine-default',
    ]);
  });
});

describe('TLS', () => {
  async function certificates(...names: readonly string[]) {
    const folder = await mkdtemp(join(tmpdir(), 'portplan-tls-'));
    await Promise.all(names.map((name) => writeFile(join(folder, name), name.toUpperCase())));
    return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
  }

  test.each([
    ['DOCKER_TLS_VERIFY', { DOCKER_TLS_VERIFY: '1' }, true],
    ['any text counts', { DOCKER_TLS_VERIFY: '0' }, true],
    ['DOCKER_TLS', { DOCKER_TLS: '1' }, false],
    ['both', { DOCKER_TLS: '1', DOCKER_TLS_VERIFY: '1' }, true],
  ])('%s', async (_, variables, verify) => {
    await using tls = await certificates('ca.pem', 'cert.pem', 'key.pem');
    const env = { ...variables, DOCKER_CERT_PATH: tls.folder, DOCKER_HOST: 'tcp://h:2376' };
    const { candidates } = await resolveEndpoint({}, linuxWith([], { env }));
    expect(candidates).toMatchObject([
      { address: { port: 2376, tls: { ca: 'CA.PEM', cert: 'CERT.PEM', key: 'KEY.PEM', verify } } },
    ]);
  });

  test('the default host is localhost:2376', async () => {
    await using tls = await certificates('ca.pem');
    const env = { DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: tls.folder };
    const { candidates, named } = await resolveEndpoint({}, linuxWith([], { env }));
    expect(addressesOf(candidates)).toEqual(['tcp://localhost:2376']);
    expect(named).toBe(false);
  });

  test('the default port is 2375 even with TLS, as with docker 28', async () => {
    await using tls = await certificates('ca.pem');
    const env = { DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: tls.folder, DOCKER_HOST: 'tcp://h' };
    const { candidates } = await resolveEndpoint({}, linuxWith([], { env }));
    expect(addressesOf(candidates)).toEqual(['tcp://h:2375']);
  });

  test('a missing ca.pem is an error', async () => {
    await using tls = await certificates();
    const env = { DOCKER_TLS: '1', DOCKER_CERT_PATH: tls.folder, DOCKER_HOST: 'tcp://h:1' };
    await expect(resolveEndpoint({}, linuxWith([], { env }))).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringContaining('ca.pem does not exist'),
    });
  });

  test('a socket needs no certificates', async () => {
    const env = { DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/nowhere', DOCKER_HOST: 'unix:///x' };
    const { candidates } = await resolveEndpoint({}, linuxWith([], { env }));
    expect(candidates).toEqual([
      { address: { scheme: 'unix', path: '/x' }, source: 'DOCKER_HOST' },
    ]);
  });
});

describe('well-known sockets', () => {
  const rootless = '/run/user/1000/docker.sock';
  const podman = '/run/podman/podman.sock';
  const desktop = '/home/me/.docker/desktop/docker.sock';
  const everything = [rootless, podman, desktop, '/colima.sock', '/var/run/docker.sock'];

  test('follow docker’s own socket in order, if they exist', async () => {
    const from = linuxWith([podman, desktop, rootless], { home: '/home/me' });
    const { candidates, named } = await resolveEndpoint({}, from);
    expect(named).toBe(false);
    expect(candidates.map(({ source }) => source)).toEqual([
      "docker's default",
      "rootless Docker's socket",
      "Docker Desktop's socket",
      "Podman's socket",
    ]);
  });

  test('are not candidates if an engine is named', async () => {
    const { candidates } = await resolveEndpoint({ host: 'unix:///x' }, linuxWith(everything));
    expect(addressesOf(candidates)).toEqual(['unix:///x']);
  });

  test('are listed once if XDG_RUNTIME_DIR is the default folder', async () => {
    const env = { XDG_RUNTIME_DIR: '/run/user/1000/' };
    const { candidates } = await resolveEndpoint({}, linuxWith([rootless], { env }));
    expect(addressesOf(candidates)).toEqual([...defaults, `unix://${rootless}`]);
  });

  test('are found on macOS', async () => {
    const home = '/Users/me';
    const sockets = [
      `${home}/.docker/run/docker.sock`,
      `${home}/.orbstack/run/docker.sock`,
      `${home}/.colima/default/docker.sock`,
      `${home}/.rd/docker.sock`,
      '/tmp/me/podman/podman-machine-default-api.sock',
    ];
    const env = { TMPDIR: '/tmp/me/' };
    const from = { ...linuxWith(sockets, { home, env }), platform: 'darwin' } as const;
    expect(addressesOf((await resolveEndpoint({}, from)).candidates)).toEqual([
      ...defaults,
      ...sockets.map((path) => `unix://${path}`),
    ]);
  });

  test('and sockets of contexts are the other engines, except the chosen one', async () => {
    await using docker = await dockerHome();
    const from = linuxWith([...everything, join(docker.home, '.rd/docker.sock')], docker);
    const others = await otherEndpoints({ scheme: 'unix', path: rootless }, from);
    expect(addressesOf(others)).toEqual([
      ...defaults,
      `unix://${join(docker.home, '.rd/docker.sock')}`,
      `unix://${podman}`,
      'unix:///colima.sock',
    ]);
  });
});

const testOnUnix = process.platform === 'win32' ? test.skip : test;

testOnUnix('only real sockets are found, and links are followed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'portplan-sockets-'));
  const server = createServer();
  try {
    await mkdir(join(folder, 'podman'));
    const socket = join(folder, 'real.sock');
    await new Promise<void>((resolve) => server.listen(socket, resolve));
    await symlink(socket, join(folder, 'podman', 'podman.sock'));
    await writeFile(join(folder, 'docker.sock'), 'no socket');
    const from = {
      ...defaultEndpointEnvironment(),
      platform: 'linux',
      uid: 4_000_000_000,
      home: folder,
      env: { XDG_RUNTIME_DIR: folder },
    } as const;
    const mine = ({ address }: { readonly address: EngineAddress }) =>
      address.scheme === 'unix' && address.path.startsWith(folder);
    const { candidates } = await resolveEndpoint({}, from);
    expect(addressesOf(candidates.filter(mine))).toEqual([`unix://${folder}/podman/podman.sock`]);
    const others = await otherEndpoints({ scheme: 'unix', path: socket }, from);
    expect(others.filter(mine)).toEqual([]);
  } finally {
    server.close();
    await rm(folder, { recursive: true });
  }
});
