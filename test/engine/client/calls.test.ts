import { describe, expect, test } from '@jest/globals';
import { inspectContainer, inspectContainers } from '../../../src/engine/containers/inspect.ts';
import { startContainer } from '../../../src/engine/containers/lifecycle.ts';
import { listContainers } from '../../../src/engine/containers/list.ts';
import { inspectImage, listImages } from '../../../src/engine/images/images.ts';
import { readBridge } from '../../../src/engine/networks/networks.ts';
import { listServices } from '../../../src/engine/networks/swarm-services.ts';
import { type Engine, openEngine } from '../../../src/engine/open-engine.ts';
import { fakeEngine, type Handler, type Routes } from '../../rig/fake-engine.ts';

const common: Routes = {
  '/version': { Version: '28.5.2', ApiVersion: '1.51' },
  '/info': { Name: 'h', KernelVersion: '6.1', Swarm: { ControlAvailable: true } },
};

/** Runs `work` with a fake engine that serves these routes. */
async function withEngine<T>(routes: Routes, work: (engine: Engine) => Promise<T>): Promise<T> {
  await using fake = await fakeEngine({ ...common, ...routes });
  const search = await openEngine({ host: fake.dockerHost, timeoutMs: 2000 });
  if (search.kind === 'none') throw search.error;
  try {
    return await work(search.engine);
  } finally {
    search.engine.client.close();
  }
}

describe('listContainers', () => {
  const port = { PrivatePort: 80, PublicPort: 8080, Type: 'tcp' };

  test.each([
    [
      'one address of each family',
      [
        { ...port, IP: '0.0.0.0' },
        { ...port, IP: '::' },
      ],
      ['0.0.0.0', '::'],
    ],
    ['a single address', [{ ...port, IP: '127.0.0.1' }], ['127.0.0.1']],
    ['no address, as Podman sends it', [port], ['0.0.0.0', '::']],
    ['an exposed port only', [{ PrivatePort: 80, Type: 'tcp' }], []],
    ['an unknown protocol', [{ ...port, Type: 'dccp' }], []],
    ['an invalid port', [{ ...port, PublicPort: 70_000 }], []],
    ['null', null, []],
  ])('returns the bindings of %s', async (_name, Ports, addresses) => {
    const routes = { '/containers/json': [{ Id: 'a1', Names: ['/web'], State: 'running', Ports }] };
    const [container] = await withEngine(routes, (engine) => listContainers(engine));

    expect(container?.bindings.map(({ address }) => address)).toEqual(addresses);
    expect(container?.holder).toMatchObject({ kind: 'container', id: 'a1', name: 'web' });
  });

  test.each([
    ['running', 1],
    ['paused', 1],
    ['restarting', 0],
    ['exited', 0],
    ['created', 0],
  ])('a container that is %s holds %i ports', async (State, count) => {
    const Ports = [{ ...port, IP: '127.0.0.1' }];
    const routes = { '/containers/json': [{ Id: 'a1', State, Ports }] };
    const [container] = await withEngine(routes, (engine) => listContainers(engine, { all: true }));

    expect(container?.bindings).toHaveLength(count);
  });

  test.each([
    ['com.docker.compose', { project: 'shop', service: 'web', directory: '/srv/shop' }],
    ['io.podman.compose', { project: 'shop', service: 'web', directory: '/srv/shop' }],
  ])('reads the labels of %s', async (prefix, expected) => {
    const Labels = {
      [`${prefix}.project`]: 'shop',
      [`${prefix}.service`]: 'web',
      [`${prefix}.project.working_dir`]: '/srv/shop',
    };
    const routes = { '/containers/json': [{ Id: 'a1', State: 'running', Labels }] };
    const [container] = await withEngine(routes, (engine) => listContainers(engine));

    expect(container?.holder).toMatchObject(expected);
  });

  test('rejects a response that is not a list', async () => {
    await expect(
      withEngine({ '/containers/json': { message: 'x' } }, (engine) => listContainers(engine)),
    ).rejects.toMatchObject({ code: 'engine-failed' });
  });

  test('drops fields of an unexpected type', async () => {
    const entries = [5, null, { Id: 7 }, { Id: 'a', Names: [5], Labels: { a: 1 }, Ports: [null] }];
    const list = await withEngine({ '/containers/json': entries }, (engine) =>
      listContainers(engine),
    );
    expect(list.map(({ holder }) => holder.id)).toEqual(['a']);
  });
});

describe('inspectContainer', () => {
  const container = {
    Id: 'a1',
    Name: '/web',
    State: { Status: 'exited', StartedAt: '2026-01-02T03:04:05Z' },
    Config: { Image: 'nginx' },
    HostConfig: {
      NetworkMode: 'bridge',
      RestartPolicy: { Name: 'always' },
      PortBindings: {
        '80/tcp': [
          { HostIp: '', HostPort: '8080' },
          { HostIp: 'localhost', HostPort: '8081' },
        ],
        '81': [{ HostIp: '127.0.0.1', HostPort: '8000-8010' }],
        '82/TCP': [{ HostIp: '::1', HostPort: '8082' }],
        '83/tcp': null,
        '84/foo': [{ HostPort: '8084' }],
      },
    },
    NetworkSettings: { Ports: {} },
  };

  test('returns the fixed ports that the container will bind', async () => {
    const inspected = await withEngine({ '/containers/a1/json': container }, (engine) =>
      inspectContainer(engine, 'a1'),
    );

    expect(inspected).toMatchObject({ publishes: true, published: false, startedBefore: true });
    expect(inspected?.holder).toMatchObject({ name: 'web', restart: 'always', state: 'exited' });
    expect(inspected?.wanted.map(({ address, port }) => `${address} ${port}`)).toEqual([
      '* 8080',
      '* 8081',
      '::1 8082',
    ]);
  });

  test.each(['host', 'none', 'container:x'])(
    'publishes nothing with --network %s',
    async (mode) => {
      const HostConfig = { ...container.HostConfig, NetworkMode: mode };
      const inspected = await withEngine(
        { '/containers/a1/json': { ...container, HostConfig } },
        (engine) => inspectContainer(engine, 'a1'),
      );

      expect(inspected).toMatchObject({ publishes: false, wanted: [] });
    },
  );

  test('reports a container that runs without its ports as publishing, but not published', async () => {
    const State = { Status: 'running', StartedAt: '2026-01-02T03:04:05Z' };
    const inspected = await withEngine(
      { '/containers/a1/json': { ...container, State } },
      (engine) => inspectContainer(engine, 'a1'),
    );

    expect(inspected).toMatchObject({ state: 'running', publishes: true, published: false });
  });

  test('skips a container that was removed since it was listed', async () => {
    const found = await withEngine({ '/containers/a1/json': container }, (engine) =>
      inspectContainers(engine, ['a1', 'gone']),
    );

    expect(found.map(({ holder }) => holder.id)).toEqual(['a1']);
  });
});

describe('inspectImage and listImages', () => {
  const image = {
    Id: 'sha256:1',
    RepoTags: ['multi:1'],
    Config: { ExposedPorts: { '443/tcp': {}, '53/udp': {}, '80': {}, '0/tcp': {}, 'x/tcp': {} } },
  };

  test('returns the exposed ports in order', async () => {
    const found = await withEngine({ '/images/multi:1/json': image }, (engine) =>
      inspectImage(engine, 'multi:1'),
    );

    expect(found?.exposed).toEqual([
      { target: 53, protocol: 'udp' },
      { target: 80, protocol: 'tcp' },
      { target: 443, protocol: 'tcp' },
    ]);
  });

  test('returns undefined for a missing image', async () => {
    expect(await withEngine({}, (engine) => inspectImage(engine, 'none'))).toBeUndefined();
  });

  test('lists only images with a name', async () => {
    const routes = {
      '/images/json': [
        { Id: 'sha256:1', RepoTags: ['multi:1'] },
        { Id: 'sha256:2', RepoTags: ['<none>:<none>'] },
        { Id: 'sha256:3', RepoTags: null },
      ],
      '/images/sha256:1/json': image,
    };
    const found = await withEngine(routes, (engine) => listImages(engine));

    expect(found.map(({ names }) => names)).toEqual([['multi:1']]);
  });
});

describe('readBridge', () => {
  const option = (name: string, value: string) => ({
    [`com.docker.network.bridge.${name}`]: value,
  });

  test.each([
    ['no options', {}, { routed: false, anyAddresses: undefined }],
    ['the default of both families', option('host_binding_ipv4', '0.0.0.0'), { routed: false }],
    [
      'one address',
      option('host_binding_ipv4', '127.0.0.1'),
      { routed: false, anyAddresses: ['127.0.0.1'] },
    ],
    ['IPv4 routed', option('gateway_mode_ipv4', 'routed'), { routed: false, anyAddresses: ['::'] }],
    [
      'IPv6 routed',
      option('gateway_mode_ipv6', 'routed'),
      { routed: false, anyAddresses: ['0.0.0.0'] },
    ],
    [
      'both routed',
      { ...option('gateway_mode_ipv4', 'routed'), ...option('gateway_mode_ipv6', 'routed') },
      { routed: true },
    ],
  ])('reads %s', async (_name, Options, expected) => {
    const routes = { '/networks/bridge': { Driver: 'bridge', Options } };

    expect(await withEngine(routes, (engine) => readBridge(engine))).toEqual(expected);
  });

  test('returns undefined for another driver and for a missing network', async () => {
    const routes = { '/networks/bridge': { Driver: 'macvlan', Options: {} } };

    expect(await withEngine(routes, (engine) => readBridge(engine))).toBeUndefined();
    expect(await withEngine({}, (engine) => readBridge(engine))).toBeUndefined();
  });
});

describe('listServices', () => {
  test('returns ingress and host ports, and skips unpublished ones', async () => {
    const routes = {
      '/services': [
        {
          ID: 's1',
          Spec: { Name: 'front' },
          Endpoint: {
            Ports: [
              { Protocol: 'tcp', TargetPort: 80, PublishedPort: 8080, PublishMode: 'ingress' },
              { Protocol: 'udp', TargetPort: 53, PublishedPort: 5300, PublishMode: 'host' },
              { Protocol: 'tcp', TargetPort: 81 },
            ],
          },
        },
        { ID: 's2', Spec: { Name: 'inner' }, Endpoint: {} },
      ],
    };
    const services = await withEngine(routes, (engine) => listServices(engine));

    expect(services).toMatchObject([
      { port: 8080, protocol: 'tcp', holder: { name: 'front', mode: 'ingress', target: 80 } },
      { port: 5300, protocol: 'udp', holder: { name: 'front', mode: 'host', target: 53 } },
    ]);
  });
});

describe('a redirect from the engine is rejected', () => {
  test.each([
    ['to another server', (port: number) => `http://127.0.0.1:${port}/containers/json`],
    ['to a file', () => 'file:///etc/passwd'],
    ['to an unknown scheme', () => 'gopher://127.0.0.1/'],
  ])('%s', async (_name, locationOf) => {
    let hits = 0;
    await using other = await fakeEngine(
      (_request, response) => {
        hits += 1;
        response.end('[]');
      },
      { transport: 'tcp' },
    );
    const location = locationOf(Number(new URL(other.dockerHost).port));
    const redirect: Handler = (_request, response) => {
      response.writeHead(307, { location });
      response.end();
    };
    const call = withEngine({ 'POST /containers/a1/start': redirect }, (engine) =>
      startContainer(engine, 'a1'),
    );
    await expect(call).rejects.toThrow('the engine responded with HTTP status 307');
    expect(hits).toBe(0);
  });
});
