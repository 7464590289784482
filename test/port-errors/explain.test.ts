import { describe, expect, test } from '@jest/globals';
import type { ErrorStatus, PitfallCode } from '../../src/model/findings/explanation.ts';
import { type PortErrorCode, portErrorTitles } from '../../src/model/findings/port-error.ts';
import type { Binding } from '../../src/model/host/binding.ts';
import { anyAddress, anyIPv4 } from '../../src/model/ports/address.ts';
import { toPort } from '../../src/model/ports/port.ts';
import { explainError } from '../../src/port-errors/explain.ts';
import type { ErrorFacts, ExplainHost } from '../../src/port-errors/facts.ts';

const docker = { kind: 'docker', command: 'docker' } as const;
const linux: ExplainHost = {
  platform: 'linux',
  wsl: false,
  ephemeral: { first: toPort(32768), last: toPort(60999) },
  engine: docker,
};

interface Case {
  readonly code: PortErrorCode;
  readonly port?: number;
  readonly facts?: Partial<ErrorFacts>;
  readonly host?: Partial<ExplainHost>;
}

function explain({ code, port, facts, host }: Case) {
  const error = { code, message: 'words', port: port === undefined ? undefined : toPort(port) };
  const status: ErrorStatus = port === undefined ? 'unasked' : 'free';
  const defaults = { status, holders: [], freeing: [] };
  return explainError(error, { ...defaults, ...facts, host: { ...linux, ...host } });
}

function held(holder: Binding['holder'], state: Binding['state'] = 'listening'): Binding {
  return { address: anyIPv4, port: toPort(8080), protocol: 'tcp', holder, state };
}

const stopped = (project?: string) => ({
  name: 'web',
  ranBefore: false,
  project,
  service: project && 'web',
});

describe('pitfalls', () => {
  const cases: readonly (readonly [string, Case, readonly PitfallCode[]])[] = [
    ['AirPlay', { code: 'taken-on-host', port: 5000, host: { platform: 'darwin' } }, ['airplay']],
    [
      'AirPlay, 7000',
      { code: 'taken-on-host', port: 7000, host: { platform: 'darwin' } },
      ['airplay'],
    ],
    ['5000 on Linux', { code: 'taken-on-host', port: 5000 }, []],
    ['a port that Windows excludes', { code: 'excluded-range', port: 3000 }, ['excluded-ranges']],
    ['a port below 1024', { code: 'privileged-port', port: 80 }, ['privileged-ports']],
    ['an address', { code: 'address-not-local', port: 80 }, ['address-not-local']],
    ['a stale allocation', { code: 'taken-by-container', port: 8080 }, ['stale-allocation']],
    ['a held port', { code: 'taken-by-container', port: 8080, facts: { status: 'held' } }, []],
    [
      'a port that podman keeps',
      {
        code: 'taken-on-host',
        port: 8080,
        facts: { status: 'held', holders: [held({ kind: 'process', name: 'podman', pid: 7 })] },
      },
      ['stale-allocation'],
    ],
    ['a swarm service', { code: 'taken-by-service', port: 8090 }, ['swarm-service']],
    [
      'a swarm service behind a socket',
      {
        code: 'taken-on-host',
        port: 8080,
        facts: {
          status: 'held',
          holders: [held({ kind: 'service', id: 's', name: 'front', mode: 'ingress' }, 'ingress')],
        },
      },
      ['swarm-service'],
    ],
    [
      'an outgoing connection',
      {
        code: 'taken-on-host',
        port: 8080,
        facts: { status: 'held', holders: [held({ kind: 'process', pid: 7 }, 'connected')] },
      },
      ['outgoing-connection'],
    ],
    [
      'a connection that has ended',
      { code: 'taken-on-host', port: 40_000 },
      ['outgoing-connection'],
    ],
    [
      'a virtual machine',
      {
        code: 'taken-on-host',
        port: 8080,
        host: { engine: { ...docker, machine: 'Docker Desktop' } },
      },
      ['virtual-machine'],
    ],
    [
      'another host',
      { code: 'taken-on-host', port: 8080, host: { engine: { ...docker, elsewhere: 'host far' } } },
      ['other-host'],
    ],
    ['WSL', { code: 'taken-on-host', port: 8080, host: { wsl: true } }, ['wsl']],
    [
      'WSL, and a holder on this side',
      { code: 'taken-on-host', port: 8080, host: { wsl: true }, facts: { status: 'held' } },
      [],
    ],
    ['a message without a port', { code: 'taken-on-host' }, ['published-twice']],
    [
      'a container that was created',
      { code: 'taken-on-host', port: 80, facts: { leftover: stopped() } },
      ['leftover-container'],
    ],
    [
      'a created container that Compose reuses',
      { code: 'taken-on-host', port: 80, facts: { leftover: stopped('shop') } },
      [],
    ],
    [
      'a container that ran before and must not be removed',
      { code: 'taken-on-host', port: 80, facts: { leftover: { ...stopped(), ranBefore: true } } },
      [],
    ],
    [
      'a replica',
      {
        code: 'taken-by-container',
        port: 8080,
        facts: {
          status: 'held',
          leftover: stopped('shop'),
          holders: [
            held({ kind: 'container', name: 'b', project: 'shop', service: 'web' }, 'running'),
          ],
        },
      },
      ['replicas'],
    ],
    ['a program in a container', { code: 'taken-for-program', port: 3000 }, ['inside-container']],
  ];

  test.each(cases)('%s', (_name, input, codes) => {
    expect(explain(input).pitfalls.map(({ code }) => code)).toEqual(codes);
  });
});

describe('remedies', () => {
  test.each(Object.keys(portErrorTitles) as readonly PortErrorCode[])(
    'there are one to three for %s',
    (code) => {
      expect(explain({ code }).remedies.length).toBeGreaterThan(0);
      expect(explain({ code }).remedies.length).toBeLessThanOrEqual(3);
      expect(explain({ code, port: 8080 }).meaning).toMatch(/^[A-Z].*\.$/);
    },
  );

  test('free the port first, then use another port', () => {
    const { remedies } = explain({
      code: 'taken-by-container',
      port: 8080,
      facts: {
        status: 'held',
        freeing: [{ text: 'stop it', command: 'docker stop a' }],
        suggestion: { address: anyAddress, port: toPort(8081) },
      },
    });
    expect(remedies).toEqual([
      { text: 'stop it', command: 'docker stop a' },
      { text: 'publish on another host port: 8081 is free' },
    ]);
  });

  test('include the other port even with many holders', () => {
    const { remedies } = explain({
      code: 'pool-exhausted',
      port: 8000,
      facts: {
        status: 'held',
        freeing: Array.from({ length: 9 }, (_, index) => ({ text: `stop ${index}` })),
        suggestion: { address: anyAddress, port: toPort(8081) },
      },
    });
    expect(remedies.map(({ text }) => text)).toContain(
      'publish on another host port: 8081 is free',
    );
  });

  test('start the existing container again if the port is free', () => {
    const { remedies } = explain({
      code: 'taken-on-host',
      port: 8080,
      facts: { leftover: stopped(), status: 'free' },
    });
    expect(remedies[0]?.command).toBe('docker start web');
  });

  test('restart podman instead of killing it for a port that it keeps', () => {
    const { remedies } = explain({
      code: 'taken-on-host',
      port: 8080,
      facts: {
        status: 'held',
        holders: [held({ kind: 'process', name: 'podman', pid: 7 })],
        freeing: [{ text: 'end it', command: 'kill 7' }],
      },
      host: { engine: { kind: 'podman', command: 'podman' } },
    });
    expect(remedies[0]?.command).toBe('sudo systemctl restart podman');
  });
});
