import { describe, expect, test } from '@jest/globals';
import type { Binding } from '../../src/model/host/binding.ts';
import { defaultRules } from '../../src/model/host/engine-traits.ts';
import type { HostState } from '../../src/model/host/host-state.ts';
import { anyAddress } from '../../src/model/ports/address.ts';
import { parsePublish } from '../../src/model/ports/parse-publish.ts';
import { type Port, toPort } from '../../src/model/ports/port.ts';
import { formatPublish, type Publish } from '../../src/model/ports/publish.ts';
import type { PlanOptions } from '../../src/planner/options.ts';
import { planPorts } from '../../src/planner/plan-ports.ts';

function hostWith(bindings: readonly Binding[] = []): HostState {
  const ports = { platform: 'linux', reserved: [], excluded: [], firstPort: 1 };
  return { bindings, rules: defaultRules, ports };
}

function held(port: number): Binding {
  const holder = { kind: 'process', pid: 7, name: 'node' } as const;
  return { address: anyAddress, port: toPort(port), protocol: 'tcp', holder, state: 'listening' };
}

function leasedToOther(port: number): Binding {
  const holder = { kind: 'lease', project: 'b', service: 'web', directory: '/b' } as const;
  return { address: anyAddress, port: toPort(port), protocol: 'tcp', holder, state: 'claimed' };
}

/** Ports by the text of their publish. */
type Ports = Readonly<Record<string, number>>;

function lookup(ports: Ports = {}): (publish: Publish) => Port | undefined {
  return (publish: Publish) => {
    const port = ports[formatPublish(publish)];
    return port === undefined ? undefined : toPort(port);
  };
}

interface Case {
  readonly asked: readonly string[];
  readonly leased?: Ports;
  readonly pinned?: Ports;
  readonly host?: readonly Binding[];
  readonly options?: PlanOptions;
}

function planOf({ asked, leased, pinned, host, options }: Case): readonly string[] {
  const plan = planPorts(
    asked.flatMap((text) => parsePublish(text)),
    hostWith(host),
    {
      ...options,
      historyOf: (publish) => {
        const former = lookup(leased)(publish);
        return {
          pinned: lookup(pinned)(publish),
          previous: former === undefined ? [] : [{ port: former, why: 'leased' }],
        };
      },
    },
  );
  return [
    ...plan.assignments.map(({ port, choice, reason }) => `${port} ${choice}: ${reason}`),
    ...plan.conflicts.map(({ code, severity }) => `${code} ${severity}`),
  ];
}

const range = (first: number, last: number) => ({ first: toPort(first), last: toPort(last) });

describe('the order: pinned, asked for, leased, any', () => {
  test.each<[string, Case, readonly string[]]>([
    [
      'what is asked for comes before the lease',
      { asked: ['8080:80'], leased: { '8080:80': 8085 } },
      ['8080 as-requested: 8080 free'],
    ],
    [
      'what cannot be had is where it was before',
      { asked: ['8080:80'], leased: { '8080:80': 8085 }, host: [held(8080)] },
      ['8085 leased: 8080 held by node (pid 7); 8085 leased'],
    ],
    [
      'without a wish the lease comes first',
      { asked: ['80'], leased: { '80': 8085 } },
      ['8085 leased: 8085 leased'],
    ],
    [
      'a lease that somebody holds is left',
      { asked: ['80'], leased: { '80': 8085 }, host: [held(8085)] },
      ['8080 chosen: 8080 free'],
    ],
    [
      'a port leased to others is not chosen',
      { asked: ['80'], host: [leasedToOther(8080)] },
      ['8081 chosen: 8081 free'],
    ],
    [
      'nor had by asking for it',
      { asked: ['8080:80'], host: [leasedToOther(8080)] },
      ['8081 moved: 8080 held by the lease of b/web; 8081 free'],
    ],
    [
      'but refused, where it may not move',
      { asked: ['8080:80'], host: [leasedToOther(8080)], options: { onConflict: 'fail' } },
      ['port-claimed error'],
    ],
    [
      'what is pinned comes before all',
      { asked: ['8080:80'], pinned: { '8080:80': 9000 } },
      ['9000 leased: 9000 pinned'],
    ],
    [
      'and does not move',
      { asked: ['8080:80'], pinned: { '8080:80': 9000 }, host: [held(9000)] },
      ['port-in-use error'],
    ],
  ])('%s', (_name, given, expected) => {
    expect(planOf(given)).toEqual(expected);
  });
});

describe('nobody takes what another one has a better claim to', () => {
  test.each<[string, Case, readonly string[]]>([
    [
      'a free choice goes around the lease of a later publish',
      { asked: ['80', '81'], leased: { '81': 8080 } },
      ['8081 chosen: 8081 free', '8080 leased: 8080 leased'],
    ],
    [
      'one that moves goes around the wish of a later one',
      { asked: ['8080:8080', '8081:81'], host: [held(8080)] },
      ['8082 moved: 8080 held by node (pid 7); 8082 free', '8081 as-requested: 8081 free'],
    ],
    [
      'a lease gives way to a sibling that asks for the port by number',
      { asked: ['80', '8085:81'], leased: { '80': 8085 } },
      ['8080 chosen: 8080 free', '8085 as-requested: 8085 free'],
    ],
    [
      'two leases of one port: the first has it',
      { asked: ['80', '81'], leased: { '80': 9000, '81': 9000 } },
      ['9000 leased: 9000 leased', '8081 chosen: 8081 free'],
    ],
  ])('%s', (_name, given, expected) => {
    expect(planOf(given)).toEqual(expected);
  });
});

describe('a lease does not go around what the user says now', () => {
  test.each<[string, Case, readonly string[]]>([
    [
      'outside the range',
      { asked: ['80'], leased: { '80': 8085 }, options: { range: range(9000, 9010) } },
      ['9000 chosen: 9000 free'],
    ],
    [
      'to be avoided',
      { asked: ['80'], leased: { '80': 8085 }, options: { avoid: [range(8085, 8085)] } },
      ['8080 chosen: 8080 free'],
    ],
    [
      'outside its pool, which has a free port',
      { asked: ['8000-8001:80'], leased: { '8000-8001:80': 8085 }, host: [held(8000)] },
      ['8001 chosen: 8001 free'],
    ],
    [
      'outside its pool, which has none',
      { asked: ['8000-8001:80'], leased: { '8000-8001:80': 8085 }, host: [held(8000), held(8001)] },
      ['8085 leased: no port of 8000-8001 free; 8085 leased'],
    ],
    ['blocked by browsers', { asked: ['80'], leased: { '80': 6000 } }, ['8080 chosen: 8080 free']],
  ])('%s', (_name, given, expected) => {
    expect(planOf(given)).toEqual(expected);
  });
});
