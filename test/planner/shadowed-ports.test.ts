import { expect, test } from '@jest/globals';
import type { Binding, Holder } from '../../src/model/host/binding.ts';
import { toHostAddress } from '../../src/model/ports/address.ts';
import { toPort } from '../../src/model/ports/port.ts';
import { findShadowedPorts } from '../../src/planner/shadowed-ports.ts';

const node: Holder = { kind: 'process', pid: 7, name: 'node' };
const other: Holder = { kind: 'process', pid: 8, name: 'java' };
const unknown: Holder = { kind: 'process' };
const web: Holder = { kind: 'container', id: 'a', name: 'web' };

const at = (address: string, holder: Holder, change: Partial<Binding> = {}): Binding => ({
  address: toHostAddress(address),
  port: toPort(8080),
  protocol: 'tcp',
  state: 'listening',
  holder,
  ...change,
});

test.each<[string, readonly Binding[], readonly string[]]>([
  ['127.0.0.1 beside 0.0.0.0', [at('0.0.0.0', web), at('127.0.0.1', node)], ['127.0.0.1 0.0.0.0']],
  ['the two families', [at('127.0.0.1', node), at('::', other)], ['127.0.0.1 ::']],
  ['two wildcards', [at('0.0.0.0', node), at('::', other)], ['0.0.0.0 ::']],
  ['one process on both', [at('127.0.0.1', node), at('::1', node)], []],
  ['a socket without a visible owner', [at('127.0.0.1', node), at('::', unknown)], []],
  ['a resolver on 127.0.0.53', [at('127.0.0.53', node), at('0.0.0.0', other)], []],
  ['another address', [at('10.0.0.1', node), at('127.0.0.1', other)], []],
  ['UDP', [at('127.0.0.1', node, { protocol: 'udp' }), at('::', other, { protocol: 'udp' })], []],
  [
    'a socket that is bound but does not listen',
    [at('127.0.0.1', node, { state: 'bound' }), at('::', other)],
    [],
  ],
  ['two ports', [at('127.0.0.1', node), at('::', other, { port: toPort(8081) })], []],
])('%s', (_name, bindings, expected) => {
  const found = findShadowedPorts(bindings);
  expect(found.map(({ binding, other: second }) => `${binding.address} ${second.address}`)).toEqual(
    expected,
  );
});
