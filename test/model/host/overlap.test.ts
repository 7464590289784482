import { describe, expect, test } from '@jest/globals';
import type { Binding, BindingState, Holder } from '../../../src/model/host/binding.ts';
import {
  defaultRules,
  platformTraitsOf,
  type Rules,
  traitsOf,
} from '../../../src/model/host/engine-traits.ts';
import {
  bindingBlocks,
  evaluatePublish,
  indexBindings,
  type Overlap,
  publishesOverlap,
  replicasOverlap,
} from '../../../src/model/host/overlap.ts';
import { toHostAddress } from '../../../src/model/ports/address.ts';
import { parsePublish } from '../../../src/model/ports/parse-publish.ts';
import { toPort } from '../../../src/model/ports/port.ts';
import type { Publish } from '../../../src/model/ports/publish.ts';
import { type ConflictSide, type ConflictVector, vectors } from '../../vectors.ts';

const engines = {
  'engine 20.10': rulesOf('20.10.24'),
  'engine 28.5.2': rulesOf('28.5.2'),
  'the newest engine': defaultRules,
};

describe.each(Object.entries(engines))('conflict vectors on %s', (name, rules) => {
  const known =
    name === 'the newest engine'
      ? vectors.conflicts
      : vectors.conflicts.filter(wasVerifiedOn(name));
  test.each(known.map((vector) => [`${vector.id} ${vector.why}`, vector] as const))(
    '%s',
    (_name, vector) => {
      expect(overlapOf(vector, rules)).toBe(expectedOn(name, vector));
    },
  );
});

function wasVerifiedOn(engine: string) {
  return (vector: ConflictVector) =>
    vector.verifiedBy.some((source) => source.startsWith(engine)) ||
    expectedOn(engine, vector) !== vector.expect;
}

function expectedOn(engine: string, vector: ConflictVector): Overlap {
  const other = engine === 'engine 28.5.2' ? vector.engine2852?.split(' ')[0] : undefined;
  return (other as Overlap | undefined) ?? vector.expect;
}

function rulesOf(version: string): Rules {
  return { ...defaultRules, ...traitsOf({ kind: 'docker', version }) };
}

function overlapOf({ a, b, env }: ConflictVector, base: Rules): Overlap {
  const [first, last] = (env?.ip_local_port_range ?? '32768 60999').split(' ').map(Number);
  const rules: Rules = {
    ...base,
    ephemeral: { first: Number(first), last: Number(last) },
    platform: platformTraitsOf(a.os ?? 'linux'),
  };
  if (b === undefined)
    return strongest(publishesOf(a).map((publish) => replicasOverlap(publish, a.replicas ?? 1)));
  if (a.kind === 'container' && a.state === undefined) return pairOverlap(a, b, rules);
  const bindings = bindingsOf(a);
  return strongest(
    publishesOf(b).map(
      (publish) => evaluatePublish(publish, indexBindings(bindings), rules).overlap,
    ),
  );
}

function pairOverlap(a: ConflictSide, b: ConflictSide, rules: Rules): Overlap {
  if (a.network !== undefined || a.replicas === 0) return 'no';
  const overlaps = publishesOf(a).flatMap((one) =>
    publishesOf(b).map((other) => publishesOverlap(one, other, rules)),
  );
  const overlap = strongest(overlaps);
  return a.profiles && overlap === 'yes' ? 'possible' : overlap;
}

function publishesOf(side: ConflictSide): readonly Publish[] {
  const host = side.hostIp ? `[${side.hostIp}]:` : '';
  const port = side.hostPort === null ? '' : `${side.hostPort}:`;
  return parsePublish(
    `${host}${port || (host && ':')}${side.containerPort ?? 80}/${side.protocol}`,
  );
}

const processStates: Readonly<Record<string, { state: BindingState; reuseAddress?: boolean }>> = {
  listen: { state: 'listening' },
  established: { state: 'connected', reuseAddress: false },
  'time-wait': { state: 'time-wait', reuseAddress: false },
  'time-wait-server': { state: 'time-wait', reuseAddress: true },
};

function bindingsOf(side: ConflictSide): readonly Binding[] {
  if (side.kind === 'process') return [processBinding(side)];
  const service = side.kind === 'swarm-ingress';
  const holder: Holder = service
    ? { kind: 'service', id: 's', name: 's', mode: 'ingress' }
    : { kind: 'container', id: 'c', name: 'c', restart: side.restartPolicy };
  return publishesOf({ ...side, hostIp: side.hostIp ?? null }).map(
    ({ address, hostPorts, protocol }) => ({
      address,
      port: toPort(hostPorts?.first ?? 0),
      protocol,
      holder,
      state: containerState(side),
    }),
  );
}

function containerState({ kind, state }: ConflictSide): BindingState {
  if (kind === 'swarm-ingress') return 'ingress';
  if (state === 'created' || state === 'exited') return 'stopped';
  return state === 'restarting' || state === 'paused' ? state : 'running';
}

function processBinding(side: ConflictSide): Binding {
  const address = side.ip === '::' && side.v6only === false ? '*' : (side.ip ?? '');
  const known = processStates[side.state ?? ''] ?? {
    state: 'bound',
    reuseAddress: side.reuseAddr === true,
  };
  return {
    address: toHostAddress(address),
    port: toPort(side.port ?? 0),
    protocol: side.protocol,
    holder: { kind: 'process', pid: 1 },
    ...known,
  };
}

function strongest(overlaps: readonly Overlap[]): Overlap {
  return (['yes', 'possible'] as const).find((overlap) => overlaps.includes(overlap)) ?? 'no';
}

const container: Holder = { kind: 'container', id: 'c', name: 'web-1' };
const process_: Holder = { kind: 'process', pid: 7, name: 'node' };

function held(text: string, holder: Holder = process_): Binding[] {
  return parsePublish(`${text}:80`).map(({ address, hostPorts, protocol }) => ({
    address,
    port: toPort(hostPorts?.first ?? 0),
    protocol,
    holder,
    state: holder.kind === 'container' ? 'running' : 'listening',
  }));
}

describe('a pool on a host with bindings', () => {
  test.each<[name: string, engine: keyof typeof engines, bindings: Binding[], expected: Overlap]>([
    ['all ports are free', 'engine 20.10', [], 'no'],
    [
      'an old engine skips the ports of its own containers',
      'engine 20.10',
      held('8000', container),
      'no',
    ],
    ['an old engine may try the port of a process', 'engine 20.10', held('8000'), 'possible'],
    [
      'an old engine does not skip containers on other addresses',
      'engine 20.10',
      held('127.0.0.1:8000', container),
      'possible',
    ],
    ['a newer engine retries with the next port', 'engine 28.5.2', held('8000'), 'no'],
    ['all ports are taken', 'engine 28.5.2', [...held('8000'), ...held('8001', container)], 'yes'],
    [
      'each port is taken on one family',
      'engine 28.5.2',
      [...held('0.0.0.0:8000'), ...held('[::1]:8001')],
      'yes',
    ],
    [
      'an old engine allocates a port for each family',
      'engine 20.10',
      [...held('0.0.0.0:8000', container), ...held('[::]:8001', container)],
      'no',
    ],
    [
      'the holder has another protocol',
      'engine 28.5.2',
      held('8000').map((b) => ({ ...b, protocol: 'udp' as const })),
      'no',
    ],
  ])('%s (%s)', (_name, engine, bindings, expected) => {
    const [pool] = parsePublish('8000-8001:80');
    expect(evaluatePublish(pool as Publish, indexBindings(bindings), engines[engine]).overlap).toBe(
      expected,
    );
  });
});

test('a UDP socket may be shared only if the engine sets SO_REUSEADDR', () => {
  const [publish] = parsePublish('5353:53/udp');
  const endpoint = { ...(publish as Publish), port: toPort(5353) };
  const holder: Binding = { ...endpoint, holder: process_, state: 'bound' };
  expect(bindingBlocks(holder, endpoint, engines['engine 28.5.2'])).toBe('possible');
  expect(bindingBlocks(holder, endpoint, engines['engine 20.10'])).toBe('yes');
});

test('podman before 6 opens only an IPv4 socket for a publish without an address', () => {
  const [publish] = parsePublish('8080:80');
  const bindings = indexBindings(held('[::1]:8080'));
  const verdictOf = (version: string) =>
    evaluatePublish(publish as Publish, bindings, {
      ...defaultRules,
      ...traitsOf({ kind: 'podman', version }),
    }).overlap;
  expect([verdictOf('4.3.1'), verdictOf('5.4'), verdictOf('6.0')]).toEqual(['no', 'no', 'yes']);
});
