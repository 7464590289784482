import { expect, test } from '@jest/globals';
import { toPort } from '../../src/model/ports/port.ts';
import { formatPublish } from '../../src/model/ports/publish.ts';
import { publishesOfContainer, rebindPorts } from '../../src/runner/container-publishes.ts';

const binding = (HostPort: string, HostIp = '') => ({ HostIp, HostPort });

test.each([
  ['a port', { '80/tcp': [binding('8080')] }, ['8080:80']],
  ['an address', { '80/tcp': [binding('8080', '127.0.0.1')] }, ['127.0.0.1:8080:80']],
  ['an IPv6 address', { '53/udp': [binding('5353', '::1')] }, ['[::1]:5353:53/udp']],
  ['two of one container port', { '80/tcp': [binding('1'), binding('2')] }, ['1:80', '2:80']],
  ['a pool', { '80/tcp': [binding('8000-8010')] }, ['8000-8010:80']],
  ['none', { '80/tcp': [binding('')] }, ['80']],
  ['port 0', { '80/tcp': [binding('0')] }, ['80']],
  ['without a protocol', { '80': [binding('8080')] }, ['8080:80']],
  ['what no engine takes', { '80/icmp': [binding('1')], 'x/tcp': [binding('2')] }, []],
  ['exposed only', { '80/tcp': null }, []],
])('reads %s', (_name, PortBindings, expected) => {
  const published = publishesOfContainer({ HostConfig: { PortBindings } });

  expect(published.map(({ publish }) => formatPublish(publish))).toEqual(expected);
});

test.each(['host', 'none', 'container:4f66'])(
  'network mode %s publishes nothing',
  (NetworkMode) => {
    const PortBindings = { '80/tcp': [binding('8080')] };

    expect(publishesOfContainer({ HostConfig: { NetworkMode, PortBindings } })).toEqual([]);
  },
);

test('replaces the host ports of planned publishes, and keeps the rest unchanged', () => {
  const PortBindings = {
    '80/tcp': [binding('8080', '0.0.0.0'), binding('')],
    '81/tcp': [binding('9000-9010')],
    '82/tcp': null,
  };
  const published = publishesOfContainer({ HostConfig: { PortBindings } });
  const [first] = published;
  if (first === undefined) throw new Error('nothing read');
  const { publish } = first;
  const place = { publish, address: publish.address, port: toPort(8081), choice: 'moved' } as const;

  expect(rebindPorts(PortBindings, published, [{ ...place, reason: '' }])).toEqual({
    ...PortBindings,
    '80/tcp': [binding('8081', '0.0.0.0'), binding('')],
  });
});
