import { basename } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { supportsOverrideTag } from '../../../../src/compose/edit/override/target.ts';
import { type Moves, write } from '../fixture.ts';

const compose = `services:
  web:
    image: a
    ports: ["8080:80", "127.0.0.1:8443:443/udp", "90"]
  db:
    image: a
    ports: ["5432:5432"]
`;

/** The override file that moves the port of web. */
const override = `services:
  web:
    # portplan: begin
    ports: !override
      - "9090:80"
      - "127.0.0.1:8443:443/udp"
      - "90"
    # portplan: end
`;
const dbPart = `  db:
    # portplan: begin
    ports: !override
      - "5433:5432"
    # portplan: end
`;

describe('the override file', () => {
  const hand = 'services:\n  web:\n    # mine\n    environment: {A: 1} # x\nvolumes: {}\n';
  const cases: readonly (readonly [string, string | undefined, Moves, string | undefined])[] = [
    ['is created', undefined, { 'web 80': 9090 }, override],
    ['moves two services', undefined, { 'web 80': 9090, 'db 5432': 5433 }, `${override}${dbPart}`],
    ['stays without moves', override, {}, override],
    [
      'gets one more service',
      override,
      { 'db 5432': 5433 },
      `services:\n${dbPart}${override.slice(10)}`,
    ],
    ['gets another port', override, { 'web 80': 9091 }, override.replace('9090', '9091')],
    ['is deleted if no service moves', override, { 'web 80': 8080 }, undefined],
    ['loses one service', `${override}${dbPart}`, { 'web 80': 8080 }, `services:\n${dbPart}`],
    [
      'loses a service that no longer exists',
      `${override}  old:\n${dbPart.slice(6)}`,
      {},
      override,
    ],
    [
      'keeps hand-written content',
      hand,
      { 'web 80': 9090 },
      hand.replace('    environment', `${override.slice(17)}    environment`),
    ],
    [
      'keeps hand-written content when the ports are removed',
      hand.replace('    environment', `${override.slice(17)}    environment`),
      { 'web 80': 8080 },
      hand,
    ],
    [
      'has another service',
      'services:\n    db:\n        restart: always\n',
      { 'web 80': 9090 },
      `services:\n    web:\n${override
        .slice(17)
        .replace(/^/gm, '  ')
        .replace(/^ {2}$/m, '')}    db:\n        restart: always\n`,
    ],
    ['has no services', 'volumes: {}', { 'web 80': 9090 }, `volumes: {}\n${override}`],
    ['has empty services', 'services: {}\n# end\n', { 'web 80': 9090 }, `${override}# end\n`],
    ['has only comments', '# mine\n', { 'web 80': 9090 }, `# mine\n${override}`],
    [
      'stays a file that Compose accepts',
      `# mine\n${override}`,
      { 'web 80': 8080 },
      '# mine\nservices: {}\n',
    ],
    [
      'has Windows line ends',
      'volumes: {}\r\n',
      { 'web 80': 9090 },
      `volumes: {}\r\n${override.replaceAll('\n', '\r\n')}`,
    ],
  ];

  test.each(cases)('%s', (_name, before, moves, after) => {
    const files = {
      'compose.yaml': compose,
      ...(before !== undefined && { 'compose.override.yaml': before }),
    };
    const outcome = write({ kind: 'override', files, moves });
    expect(outcome.skipped).toEqual([]);
    expect(outcome.files).toEqual({ 'compose.yaml': compose, 'compose.override.yaml': after });
    expect(outcome.stable).toBe(true);
    expect(outcome.ports).toHaveLength(4);
  });

  test.each([
    ['compose.yaml', [], 'compose.override.yaml'],
    ['compose.yml', [], 'compose.override.yml'],
    ['docker-compose.yml', [], 'docker-compose.override.yml'],
    ['compose.yaml', ['docker-compose.override.yaml'], 'docker-compose.override.yaml'],
    [
      'docker-compose.yml',
      ['compose.override.yaml', 'docker-compose.override.yml'],
      'compose.override.yaml',
    ],
  ])('beside %s and %j is %s', (base, existing, expected) => {
    const files = Object.fromEntries([
      [base, compose],
      ...existing.map((name) => [name, 'x-a: 1\n']),
    ]);
    const outcome = write({ kind: 'override', files, moves: { 'web 80': 9090 } });
    expect(outcome.edits.map(({ path }) => basename(path))).toEqual([expected]);
    expect(outcome.ports).toContain('web :9090:80/tcp ingress');
  });

  test('is created in a folder below the working directory', () => {
    const files = { 'compose.yaml': compose, 'sub/x': '' };
    const outcome = write({
      kind: 'override',
      files,
      moves: { 'web 80': 9090 },
      options: { cwd: 'sub' },
    });
    expect(outcome.files).toMatchObject({ 'compose.override.yaml': override });
  });

  test('keeps fields that only the long syntax has', () => {
    const long =
      'target: 80\n        published: 8080\n        mode: host\n        name: "a page"\n        app_protocol: http\n';
    const text = `services:\n  web:\n    image: a\n    ports:\n      - ${long}      - "[::1]:81:81"\n`;
    const outcome = write({
      kind: 'override',
      files: { 'compose.yaml': text },
      moves: { 'web 80': 9090 },
    });
    expect(outcome.files['compose.override.yaml']).toContain(`
      - target: 80
        published: "9090"
        mode: host
        name: "a page"
        app_protocol: http
      - "[::1]:81:81"
`);
    expect(outcome.stable).toBe(true);
  });

  test('keeps an unset variable', () => {
    const text = `services: {web: {image: a, ports: ["8080:80", "\${P}:81"]}}`;
    const outcome = write({
      kind: 'override',
      files: { 'compose.yaml': text },
      moves: { 'web 80': 9090 },
    });
    expect(outcome.files['compose.override.yaml']).toContain(`- "\${P}:81"`);
  });

  test('gets a port that was added to the Compose file', () => {
    const files = {
      'compose.yaml': compose.replace('"90"]', '"90", "7000:7000"]'),
      'compose.override.yaml': override,
    };
    const outcome = write({ kind: 'override', files, moves: {} });
    expect(outcome.warnings).toMatchObject([
      { code: 'new-port', location: { file: 'compose.yaml', line: 4 } },
    ]);
    expect(outcome.ports).toContain('web :7000:7000/tcp ingress');
    expect(outcome.stable).toBe(true);
  });

  test('splits a range and an anchor that services share', () => {
    const text =
      'x-p: &p ["8000-8001:80-81"]\nservices:\n  web: {image: a, ports: *p}\n  api: {image: a, ports: *p}\n';
    const outcome = write({
      kind: 'override',
      files: { 'compose.yaml': text },
      moves: { 'web 81': 9001, 'api 80': 9002, 'api 81': 9004 },
    });
    expect(outcome.skipped).toEqual([]);
    expect(outcome.ports).toEqual([
      'api :9002:80/tcp ingress',
      'api :9004:81/tcp ingress',
      'web :8000:80/tcp ingress',
      'web :9001:81/tcp ingress',
    ]);
  });

  test('is the last file that was named', () => {
    const files = { 'a.yaml': compose, 'compose.override.yaml': 'x-a: 1\n' };
    const options = { files: ['a.yaml', 'compose.override.yaml'] };
    const outcome = write({ kind: 'override', files, moves: { 'web 80': 9090 }, options });
    expect(outcome).toMatchObject({ skipped: [], stable: true });
  });
});

describe('skips the move', () => {
  const file = (text: string) => ({ 'compose.yaml': compose, 'compose.override.yaml': text });
  test.each([
    ['hand-written', 'hand-written ports', file('services:\n  web:\n    ports: ["81:81"]\n')],
    [
      'hand-written',
      'a hand-written line in the managed block',
      file(override.replace('    # portplan: end', '    restart: always\n    # portplan: end')),
    ],
    ['unusual-form', 'brackets', file('services: {web: {restart: always}}\n')],
    ['unusual-form', 'a service in brackets', file('services:\n  web: {restart: always}\n')],
    [
      'unusual-form',
      'two documents',
      file('services:\n  web:\n    restart: always\n---\nx-a: 1\n'),
    ],
    ['unusual-form', 'an alias', file('x-a: &a\n  restart: always\nservices:\n  web: *a\n')],
  ])('%s: %s', (reason, _name, files) => {
    const outcome = write({ kind: 'override', files, moves: { 'web 80': 9091 } });
    expect(outcome).toMatchObject({ files, edits: [], skipped: [{ reason }] });
  });

  test.each([
    ['2.24.3', ['compose-too-old']],
    ['2.24.4', []],
  ])('Compose %s', (composeVersion, reasons) => {
    const outcome = write({
      kind: 'override',
      files: { 'compose.yaml': compose },
      moves: { 'web 80': 9090 },
      composeVersion,
    });
    expect(outcome.skipped.map(({ reason }) => reason)).toEqual(reasons);
    expect(outcome.warnings).toEqual([]);
  });

  test.each([[{ files: ['compose.yaml'] }], [{ env: { COMPOSE_FILE: 'compose.yaml' } }]])(
    'override-not-read: %j',
    (options) => {
      const outcome = write({
        kind: 'override',
        files: { 'compose.yaml': compose },
        moves: { 'web 80': 9090 },
        options,
      });
      expect(outcome).toMatchObject({ edits: [], skipped: [{ reason: 'override-not-read' }] });
    },
  );
});

test.each([
  ['2.24.4', true],
  ['v2.40.3', true],
  ['5.0.0', true],
  ['2.24.4-desktop.1', true],
  ['2.25', true],
  ['2.24.3', false],
  ['2.3.4', false],
  ['1.29.2', false],
  ['dev', false],
])('whether Compose %s supports !override: %p', (version, expected) => {
  expect(supportsOverrideTag(version)).toBe(expected);
});

test('warns which Compose version is needed if the version is unknown', () => {
  const outcome = write({
    kind: 'override',
    files: { 'compose.yaml': compose },
    moves: { 'web 80': 9090 },
  });
  expect(outcome.warnings).toMatchObject([{ code: 'compose-version' }]);
});
