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

/** Ports by the text of the publish. */
type Ports = Readonly<Record<string, number>>;

function lookup(ports: Ports = {}): (publish: Publish) => Port | undefined {
  return (publish: Publish) => {
    const port = ports[formatPublish(publish)];
    return port === undefined ? undefined : toPort(port);
  };
}

interface Case {
  readonly requested: readonly string[];
  readonly leased?: Ports;
  readonly pinned?: Ports;
  readonly host?: readonly Binding[];
  readonly options?: PlanOptions;
}

function planOf({ requested, leased, pinned, host, options }: Case): readonly string[] {
  const plan = planPorts(
    requested.flatMap((text) => parsePublish(text)),
    hostWith(host),
    {
      ...options,
      historyOf: (publish) => {
        const previous = lookup(leased)(publish);
        return {
          pinned: lookup(pinned)(publish),
          previous: previous === undefined ? [] : [{ port: previous, why: 'leased' }],
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

describe('the order of stages: pinned, requested, leased, automatic', () => {
  test.each<[string, Case, readonly string[]]>([
    [
      'a requested port comes before the lease',
      { requested: ['8080:80'], leased: { '8080:80': 8085 } },
      ['8080 as-requested: 8080 free'],
    ],
    [
      'an unavailable port moves to the leased one',
      { requested: ['8080:80'], leased: { '8080:80': 8085 }, host: [held(8080)] },
      ['8085 leased: 8080 held by node (pid 7); 8085 leased'],
    ],
    [
      'without a requested port the lease comes first',
      { requested: ['80'], leased: { '80': 8085 } },
      ['8085 leased: 8085 leased'],
    ],
    [
      'a held leased port is not used',
      { requested: ['80'], leased: { '80': 8085 }, host: [held(8085)] },
      ['8080 chosen: 8080 free'],
    ],
    [
      'a port leased to others is not chosen',
      { requested: ['80'], host: [leasedToOther(8080)] },
      ['8081 chosen: 8081 free'],
    ],
    [
      'a port leased to others is not assigned on request',
      { requested: ['8080:80'], host: [leasedToOther(8080)] },
      ['8081 moved: 8080 held by the lease of b/web; 8081 free'],
    ],
    [
      'a port leased to others is a conflict for a publish that may not move',
      { requested: ['8080:80'], host: [leasedToOther(8080)], options: { onConflict: 'fail' } },
      ['port-claimed error'],
    ],
    [
      'a pinned port comes first',
      { requested: ['8080:80'], pinned: { '8080:80': 9000 } },
      ['9000 leased: 9000 pinned'],
    ],
    [
      'a pinned port does not move',
      { requested: ['8080:80'], pinned: { '8080:80': 9000 }, host: [held(9000)] },
      ['port-in-use error'],
    ],
  ])('%s', (_name, given, expected) => {
    expect(planOf(given)).toEqual(expected);
  });
});

describe('no publish takes a port of an earlier stage of another', () => {
  test.each<[string, Case, readonly string[]]>([
    [
      'an automatic port avoids the lease of a later publish',
      { requested: ['80', '81'], leased: { '81': 8080 } },
      ['8081 chosen: 8081 free', '8080 leased: 8080 leased'],
    ],
    [
      'a moved publish avoids the requested port of a later one',
      { requested: ['8080:8080', '8081:81'], host: [held(8080)] },
      ['8082 moved: 8080 held by node (pid 7); 8082 free', '8081 as-requested: 8081 free'],
    ],
    [
      'a lease gives way to a sibling that requests the port',
      { requested: ['80', '8085:81'], leased: { '80': 8085 } },
      ['8080 chosen: 8080 free', '8085 as-requested: 8085 free'],
    ],
    [
      'the first of two leases gets the port',
      { requested: ['80', '81'], leased: { '80': 9000, '81': 9000 } },
      ['9000 leased: 9000 leased', '8081 chosen: 8081 free'],
    ],
  ])('%s', (_name, given, expected) => {
    expect(planOf(given)).toEqual(expected);
  });
});

describe('a lease does not override the options', () => {
  test.each<[string, Case, readonly string[]]>([
    [
      'outside the range',
      { requested: ['80'], leased: { '80': 8085 }, options: { range: range(9000, 9010) } },
      ['9000 chosen: 9000 free'],
    ],
    [
      'in the ports to avoid',
      { requested: ['80'], leased: { '80': 8085 }, options: { avoid: [range(8085, 8085)] } },
      ['8080 chosen: 8080 free'],
    ],
    [
      'outside its pool, which has a free port',
      { requested: ['8000-8001:80'], leased: { '8000-8001:80': 8085 }, host: [held(8000)] },
      ['8001 chosen: 8001 free'],
    ],
    [
      'outside its pool, which has no free port',
      {
        requested: ['8000-8001:80'],
        leased: { '8000-8001:80': 8085 },
        host: [held(8000), held(8001)],
      },
      ['8085 leased: no port of 8000-8001 free; 8085 leased'],
    ],
    [
      'blocked by browsers',
      { requested: ['80'], leased: { '80': 6000 } },
      ['8080 chosen: 8080 free'],
    ],
  ])('%s', (_name, given, expected) => {
    expect(planOf(given)).toEqual(expected);
  });
});
