import { expect, test } from '@jest/globals';
import type { ContainerInspect } from '../../../src/engine/client/api-types.ts';
import { toRecreation } from '../../../src/runner/remap/create-request.ts';

const id = 'e12e8b578d07644ba4271f654821a11488351a544d317c115a5c03b502b340db';

/** Inspect response of Docker 20.10.24 for a container in two networks, without irrelevant fields. */
function container(more: Partial<ContainerInspect> = {}): ContainerInspect {
  return {
    Id: id,
    Name: '/web',
    Config: { Image: 'nginx:1.25', Hostname: 'e12e8b578d07', Labels: { x: 'y' }, Cmd: ['serve'] },
    HostConfig: { NetworkMode: 'one', PortBindings: {}, Memory: 7, Binds: ['named:/named'] },
    Mounts: [
      { Type: 'volume', Name: 'named', Destination: '/named', RW: true },
      { Type: 'volume', Name: '13ba', Destination: '/anon', RW: true },
      { Type: 'bind', Destination: '/bound', RW: true },
    ],
    NetworkSettings: {
      Networks: {
        two: {
          ...{ NetworkID: '222', Aliases: ['zwei', 'e12e8b578d07'], Links: null, MacAddress: '' },
          ...{ IPAMConfig: { IPv4Address: '10.0.2.9' }, Gateway: '', DriverOpts: null },
        },
        one: { NetworkID: '111', Aliases: ['e12e8b578d07'], IPAMConfig: null, GwPriority: 0 },
      },
    },
    ...more,
  };
}

const differences = {
  image: 'copy:1',
  ports: { '80/tcp': [{ HostIp: '', HostPort: '8081' }] },
  labels: { created: 'again' },
  allNetworks: true,
};

interface Body extends Readonly<Record<string, unknown>> {
  readonly HostConfig: Readonly<Record<string, unknown>>;
  readonly NetworkingConfig: { readonly EndpointsConfig: object };
}

function recreate(more: Partial<ContainerInspect> = {}, changes: object = {}) {
  const { body, connections } = toRecreation(container(more), { ...differences, ...changes });
  return { body: body as Body, connections };
}

test('keeps the configuration, with other ports and another image', () => {
  const { body, connections } = recreate();

  expect(body).toEqual({
    ...{ Image: 'copy:1', Hostname: 'e12e8b578d07', Labels: { x: 'y', created: 'again' } },
    ...{ Cmd: ['serve'], Entrypoint: [''] },
    HostConfig: {
      ...{ NetworkMode: 'one', Memory: 7, PortBindings: differences.ports },
      Binds: ['named:/named', '13ba:/anon:nocopy'],
    },
    NetworkingConfig: {
      EndpointsConfig: {
        two: { Aliases: ['zwei'], IPAMConfig: { IPv4Address: '10.0.2.9' } },
        one: {},
      },
    },
  });
  expect(connections).toEqual([]);
});

test('creates with the primary network only on engines before API 1.44', () => {
  const { body, connections } = recreate({}, { allNetworks: false });

  expect(body.NetworkingConfig.EndpointsConfig).toEqual({ one: {} });
  expect(connections).toEqual([
    { network: 'two', endpoint: { Aliases: ['zwei'], IPAMConfig: { IPv4Address: '10.0.2.9' } } },
  ]);
});

test.each([
  ['by its id', '111', 'one'],
  ['by default', 'default', 'bridge'],
])('finds the primary network %s', (_name, NetworkMode, expected) => {
  const Networks = { two: { NetworkID: '222' }, one: { NetworkID: '111' }, bridge: {} };
  const more = { HostConfig: { NetworkMode }, NetworkSettings: { Networks } };
  const { body } = recreate(more, { allNetworks: false });

  expect(Object.keys(body.NetworkingConfig.EndpointsConfig)).toEqual([expected]);
});

const volume = { Type: 'volume', Name: '13ba', Destination: '/anon' };

test.each([
  ['read only', {}, [{ ...volume, RW: false }], { Binds: ['13ba:/anon:ro,nocopy'] }],
  ['a bind without a name', { Binds: ['/anon'] }, [volume], { Binds: ['13ba:/anon:nocopy'] }],
  ['a bind with a slash', { Binds: ['n:/anon/'] }, [volume], { Binds: ['n:/anon/'] }],
  [
    'a mount without a source',
    { Mounts: [{ Type: 'volume', Target: '/anon', ReadOnly: true }] },
    [volume],
    { Binds: [], Mounts: [{ Type: 'volume', Target: '/anon', ReadOnly: true, Source: '13ba' }] },
  ],
  [
    'a mount of tmpfs',
    { Mounts: [{ Type: 'tmpfs', Target: '/t' }] },
    [{ Type: 'tmpfs', Destination: '/t' }],
    { Binds: [], Mounts: [{ Type: 'tmpfs', Target: '/t' }] },
  ],
])('keeps anonymous volumes by name: %s', (_name, HostConfig, Mounts, expected) => {
  expect(recreate({ HostConfig, Mounts }).body.HostConfig).toMatchObject(expected);
});

test('keeps an empty entrypoint, and drops the name of the host', () => {
  const Config = { Entrypoint: ['/run'], Hostname: 'box', Domainname: 'd' };
  const { body } = recreate({ Config, HostConfig: { UTSMode: 'host' } });

  expect(body).toMatchObject({ Entrypoint: ['/run'], Hostname: '', Domainname: '' });
});
