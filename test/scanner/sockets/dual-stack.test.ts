import { describe, expect, test } from '@jest/globals';
import type { Endpoint } from '../../../src/model/host/binding.ts';
import type { HostAddress } from '../../../src/model/ports/address.ts';
import { toPort } from '../../../src/model/ports/port.ts';
import {
  resolveDualStack,
  resolveUnknownDualStack,
} from '../../../src/scanner/sockets/dual-stack.ts';
import type { HostSocket } from '../../../src/scanner/sockets/read-sockets.ts';

type Protocol = HostSocket['protocol'];

function socket(address: string, protocol: Protocol = 'tcp', port = 8080): HostSocket {
  return {
    address: address as HostAddress,
    port: toPort(port),
    protocol,
    state: protocol === 'udp' ? 'bound' : 'listening',
    holder: { kind: 'process' },
    ...(address === '*' && { dualStack: 'unknown' }),
  };
}

describe('the table alone decides', () => {
  test.each([
    ['alone', [socket('*')], '*'],
    ['beside 0.0.0.0', [socket('*'), socket('0.0.0.0')], '::'],
    ['beside one IPv4 address', [socket('127.0.0.1'), socket('*')], '::'],
    ['beside an IPv6 address', [socket('*'), socket('::1')], '*'],
    ['beside another port', [socket('*'), socket('0.0.0.0', 'tcp', 8081)], '*'],
    ['beside another protocol', [socket('*'), socket('0.0.0.0', 'udp')], '*'],
    ['udp beside 0.0.0.0', [socket('*', 'udp'), socket('0.0.0.0', 'udp')], '::'],
    [
      'udp beside one IPv4 address, with which it may share',
      [socket('*', 'udp'), socket('127.0.0.1', 'udp')],
      '*',
    ],
    [
      'beside a connection',
      [socket('*'), { ...socket('127.0.0.1'), state: 'connected' as const }],
      '*',
    ],
  ])('%s', (_, sockets, expected) => {
    const found = resolveDualStack(sockets).find(({ dualStack }) => dualStack !== undefined);
    expect(found?.address).toBe(expected);
    expect(found?.dualStack).toBe(expected === '::' ? 'no' : 'unknown');
  });
});

describe('a bind decides', () => {
  test.each([
    ['taken', '*', 'yes'],
    ['free', '::', 'no'],
    ['denied', '*', 'unknown'],
    ['not-local', '*', 'unknown'],
    ['unknown', '*', 'unknown'],
  ])('127.0.0.1 is %s', async (kind, address, dualStack) => {
    const asked: Endpoint[] = [];
    const probe = (endpoint: Endpoint) => {
      asked.push(endpoint);
      return Promise.resolve({ kind });
    };
    const [settled] = await resolveUnknownDualStack([socket('*')], probe);
    expect(settled).toMatchObject({ address, dualStack });
    expect(asked).toMatchObject([{ address: '127.0.0.1', port: 8080, protocol: 'tcp' }]);
  });

  test('binds no port for other sockets', async () => {
    const others = [
      socket('0.0.0.0'),
      socket('::1'),
      { ...socket('*'), dualStack: 'yes' as const },
    ];
    const probe = () => Promise.reject(new Error('bound'));
    expect(await resolveUnknownDualStack(others, probe)).toEqual(others);
  });
});
