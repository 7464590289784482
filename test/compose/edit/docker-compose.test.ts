import { spawnSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import type { WriteKind } from '../../../src/compose/edit/edit.ts';
import { supportsOverrideTag } from '../../../src/compose/edit/override/target.ts';
import { type Files, withFiles } from '../fixture.ts';
import { type Moves, writeIn } from './fixture.ts';

// Loads the written files with Docker Compose. PORTPLAN_TEST_COMPOSE is the path of a docker-compose program; the default
// is `docker compose`.
const command: readonly string[] = process.env.PORTPLAN_TEST_COMPOSE
  ? [process.env.PORTPLAN_TEST_COMPOSE]
  : ['docker', 'compose'];
const version = run(['version', '--short'], '.').stdout?.trim() ?? '';
const when = supportsOverrideTag(version) ? describe : describe.skip;
const suffix = supportsOverrideTag(version) ? '' : ' (no docker compose that supports !override)';

const files: Files = {
  'compose.yaml': `name: p
services:
  web:
    image: a
    ports:
      - "\${WEB_PORT:-8080}:80" # the page
      - 127.0.0.1:\${TLS_PORT-8443}:443
      - target: 53
        published: "\${DNS_PORT-5300}"
        protocol: udp
        mode: host
        name: names
  db: &db
    image: a
    ports: ['\${DB_PORT:-5432}:5432/tcp']
`,
  '.env': 'UNUSED=1\r\nDB_PORT=5432',
};
const moves: Moves = { 'web 80': 8081, 'web 443': 9443, 'web 53/udp': 5301, 'db 5432': 15432 };
const expected = [
  'db :15432:5432/tcp ingress ',
  'web 127.0.0.1:9443:443/tcp ingress ',
  'web :5301:53/udp host names',
  'web :8081:80/tcp ingress ',
];

when(`docker compose config${suffix}`, () => {
  test.each<[WriteKind, Files, Moves]>([
    ['override', files, moves],
    [
      'override',
      { ...files, 'compose.override.yml': '# mine\nservices:\n  db:\n    restart: always\n' },
      moves,
    ],
    ['env', files, moves],
    ['file', { 'compose.yaml': files['compose.yaml'] ?? '' }, moves],
  ])(
    'reads the planned ports after --write %s',
    (kind, projectFiles, plannedMoves) => {
      withFiles(projectFiles, (folder) => {
        expect(writeIn(folder, { kind, moves: plannedMoves }).skipped).toEqual([]);
        expect(portsIn(folder)).toEqual(expected);
      });
    },
    30_000,
  );

  test('accepts the override file after all moves are undone', () => {
    withFiles({ ...files, 'compose.override.yaml': '# mine\n' }, (folder) => {
      writeIn(folder, { kind: 'override', moves: { 'web 80': 9000 } });
      writeIn(folder, { kind: 'override', moves: { 'web 80': 8080 } });
      expect(portsIn(folder)).toContain('web :8080:80/tcp ingress ');
    });
  }, 30_000);
});

interface ConfigPort {
  readonly host_ip?: string;
  readonly published?: string;
  readonly target: number;
  readonly protocol: string;
  readonly mode: string;
  readonly name?: string;
}

function portsIn(folder: string): readonly string[] {
  const { stdout, stderr, status } = run(['config', '--format', 'json'], folder);
  if (status !== 0) throw new Error(stderr);
  const { services } = JSON.parse(stdout) as {
    readonly services: Readonly<Record<string, { readonly ports?: readonly ConfigPort[] }>>;
  };
  return Object.entries(services)
    .flatMap(([service, { ports = [] }]) =>
      ports.map(({ host_ip = '', published = '', target, protocol, mode, name = '' }) => {
        return `${service} ${host_ip}:${published}:${target}/${protocol} ${mode} ${name}`;
      }),
    )
    .sort();
}

function run(args: readonly string[], cwd: string) {
  const [program = '', ...first] = command;
  const { PATH = '', HOME = '' } = process.env;
  return spawnSync(program, [...first, ...args], {
    cwd,
    env: { PATH, HOME },
    encoding: 'utf8',
    timeout: 15_000,
    killSignal: 'SIGKILL',
  });
}
