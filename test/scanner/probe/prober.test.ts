import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, test } from '@jest/globals';
import { defaultRules } from '../../../src/model/host/engine-traits.ts';
import { anyIPv4 } from '../../../src/model/ports/address.ts';
import { toPort } from '../../../src/model/ports/port.ts';
import { readHostFacts } from '../../../src/scanner/host-facts.ts';
import { createProber } from '../../../src/scanner/probe/prober.ts';

test('tries every address for a free wildcard if the sockets cannot be listed', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = toPort(typeof address === 'object' && address !== null ? address.port : 0);
  const facts = await readHostFacts();
  const prober = createProber({
    canProbe: true,
    facts,
    snapshot: {
      bindings: [],
      notes: [],
      sources: [{ name: 'processes', status: 'absent', detail: '' }],
    },
    state: { bindings: [], rules: defaultRules, ports: { ...facts, firstPort: 1 } },
  });
  const endpoint = { address: anyIPv4, port, protocol: 'tcp' } as const;
  expect(await prober?.probe([endpoint])).toEqual([{ kind: 'taken' }]);
  server.close();
  await once(server, 'close');
  expect(await prober?.probe([endpoint])).toEqual([{ kind: 'free' }]);
  expect(await prober?.probe([endpoint])).toEqual([{ kind: 'free' }]);
});

test('binds no port for an engine on another host', async () => {
  const facts = await readHostFacts();
  const state = { bindings: [], rules: defaultRules, ports: { ...facts, firstPort: 1 } };
  expect(
    createProber({
      canProbe: false,
      facts,
      state,
      snapshot: { bindings: [], notes: [], sources: [] },
    }),
  ).toBeUndefined();
});
