import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { fakeEngine, type Handler } from '../../rig/fake-engine.ts';
import { portplan } from '../../rig/portplan.ts';
import { type TempFolder, tempFolder } from '../../rig/temp.ts';

/** Characters that a terminal acts on: control characters except line ends, and characters that reverse or hide text. */
const dangerous = /(?!\n)[\p{Cc}\p{Cf}\u2028\u2029]/u;
const mostMegabytes = 256;
/** Processor time with the start of the program, because the machine may be busy. */
const mostSeconds = 4;

const usage = fileURLToPath(new URL('../../rig/usage.cjs', import.meta.url));
const web = 'services: {web: {image: a, ports: ["8080:80"]}}\n';
const lines = (count: number, line: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => line(index)).join('\n');

interface Given {
  readonly folder: TempFolder;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs the real program with limits; returns its exit code and output. */
async function runBounded({ folder, args, env = {} }: Given) {
  const file = join(folder.path, '.usage.json');
  const result = await portplan(args, {
    cwd: folder.path,
    nodeArgs: ['--require', usage],
    env: {
      ...{ DOCKER_HOST: 'unix:///nowhere/engine.sock', USAGE_FILE: file },
      ...{ PORTPLAN_STATE_DIR: join(folder.path, 'state'), ...env },
    },
    timeoutMs: 25_000,
  });
  const { megabytes, seconds } = JSON.parse(readFileSync(file, 'utf8'));
  expect(result.stdout + result.stderr).not.toMatch(dangerous);
  expect((result.stdout + result.stderr).length).toBeLessThan(100_000);
  expect(megabytes).toBeLessThan(mostMegabytes);
  expect(seconds).toBeLessThan(mostSeconds);
  return { ...result, said: result.stdout + result.stderr };
}

type Lay = (path: string) => void;
const content =
  (text: string | Buffer): Lay =>
  (path) =>
    writeFileSync(path, text);

/** What a path may be where a file is expected. */
const oddFiles: Readonly<Record<string, Lay>> = {
  'a device': (path) => symlinkSync('/dev/zero', path),
  'a pipe': (path) => void execFileSync('mkfifo', [path]),
  'a folder': (path) => void mkdirSync(path),
  'a loop of links': (path) => symlinkSync(path, path),
  '50 MB of nothing': (path) => {
    writeFileSync(path, '');
    truncateSync(path, 50_000_000);
  },
  'NUL bytes': content('a: \u0000\n'),
  'broken UTF-8': content(Buffer.from([0x61, 0x3d, 0xff, 0xfe, 0x80, 0x0a])),
  'half a UTF-16 text': content(Buffer.from([0xff, 0xfe, 0x61, 0x00, 0x00, 0xd8, 0x62])),
};
const odd = Object.entries(oddFiles);

(process.platform === 'linux' ? describe : describe.skip)('where a file is expected', () => {
  test.each(odd)(
    '%s as compose file, env file, lease file and docker configuration',
    async (_name, lay) => {
      await using folder = await tempFolder({ 'compose.yaml': web, 'state/x': '' });
      const { path } = folder;
      lay(join(path, 'odd'));
      mkdirSync(join(path, 'docker'));
      lay(join(path, 'docker', 'config.json'));
      lay(join(path, 'state', 'leases.json'));
      const own = await runBounded({ folder, args: ['check', '--static', '-f', 'odd'] });
      expect(own.code).toBe(2);
      const env = await runBounded({ folder, args: ['check', '--static', '--env-file', 'odd'] });
      expect([0, 2]).toContain(env.code);
      const up = await runBounded({ folder, args: ['up', '-f', 'odd'] });
      expect([2, 125]).toContain(up.code);
      const leases = await runBounded({ folder, args: ['lease', 'ls'] });
      expect([0, 2]).toContain(leases.code);
      const config = await runBounded({
        ...{ folder, args: ['check', '8080'] },
        env: { DOCKER_CONFIG: join(path, 'docker') },
      });
      expect([0, 1, 2, 3]).toContain(config.code);
    },
    120_000,
  );

  test.each([
    ['a million keys', lines(1_000_000, (n) => `k${n}: 1`)],
    ['a million items', `x: [${'1,'.repeat(900_000)}]`],
    ['ten thousand levels', `services: ${'{a: '.repeat(10_000)}`],
    ['an alias bomb', `a: &a [${'x,'.repeat(9)}]\n${lines(30, (n) => `b${n}: &b${n} [*a, *a]`)}`],
    [
      'one port for all',
      `services:\n${lines(5000, (n) => ` s${n}: {image: a, ports: ["80:80"]}`)}`,
    ],
    ['pools', `services:\n${lines(400, (n) => ` s${n}: {image: a, ports: ["1-65535:80"]}`)}`],
    [
      'long ranges',
      `services:\n${lines(100, (n) => ` s${n}: {image: a, ports: ["1-65535:1-65535"]}`)}`,
    ],
    [
      'two ranges that overlap',
      `services:\n${lines(2, (n) => ` s${n}: {image: a, ports: ["10000-19999:10000-19999"]}`)}`,
    ],
    ['replicas', 'services: {a: {image: a, scale: 999999999, ports: ["1-65535:80"]}}'],
    ['an include of itself', 'include: [compose.yaml]\nservices: {}'],
    ['an extends of itself', 'services: {a: {extends: {file: compose.yaml, service: a}}}'],
  ])(
    'a compose file with %s',
    async (_name, text) => {
      await using folder = await tempFolder({ 'compose.yaml': text });
      const { code } = await runBounded({ folder, args: ['check', '--static'] });
      expect([0, 1, 2]).toContain(code);
    },
    60_000,
  );

  test.each([
    ['colons', ':'.repeat(100_000)],
    ['pieces of addresses', 'a:'.repeat(50_000)],
    ['ports', '1:'.repeat(50_000)],
  ])('endless %s as a target', async (_name, text) => {
    await using folder = await tempFolder();
    const { code } = await runBounded({ folder, args: ['check', text] });
    expect(code).toBe(2);
  });

  test('explain reads a text of 60 MB within its limits', async () => {
    await using folder = await tempFolder();
    const result = await portplan(['explain'], {
      ...{ cwd: folder.path, input: 'port is already allocatee\n'.repeat(2_400_000) },
      env: { DOCKER_HOST: 'unix:///nowhere/engine.sock' },
    });
    expect([0, 1, 2]).toContain(result.code);
  }, 60_000);
});

const sendForEver = (piece: string): Handler => {
  return (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'api-version': '1.43' });
    const more = () => {
      while (response.write(piece));
      response.once('drain', more);
    };
    more();
  };
};

const mebibyte = 1024 * 1024;
const hello = { '/version': { Version: '28.0.0', ApiVersion: '1.48' }, '/info': { Name: 'far' } };

describe('an engine', () => {
  test.each([
    [
      'that sends an endless list',
      { '/containers/json': sendForEver('[{"Id":"x"},'.repeat(10_000)) },
    ],
    ['whose every answer has no end', sendForEver(' '.repeat(65_536))],
    ['that refuses without an end', { '/containers/json': refuseForEver }],
    [
      'with names of megabytes',
      {
        '/containers/json': [
          {
            ...{ Id: 'a', Names: [`/${'\u001b[31m'.repeat(mebibyte)}`], State: 'running' },
            Ports: [{ IP: '0.0.0.0', PublicPort: 8080, PrivatePort: 80, Type: 'tcp' }],
          },
        ],
      },
    ],
  ])(
    '%s',
    async (_name, routes) => {
      await using folder = await tempFolder();
      await using engine = await fakeEngine(
        typeof routes === 'function' ? routes : { ...hello, ...routes },
      );
      const env = { DOCKER_HOST: engine.dockerHost };
      for (const args of [['check', '8080'], ['ps'], ['stop', 'x'], ['start', 'x']])
        await runBounded({ folder, args: [...args, '--timeout', '2'], env });
    },
    120_000,
  );

  test('that sends endless headers', async () => {
    await using folder = await tempFolder();
    const path = join(folder.path, 'engine.sock');
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.write('HTTP/1.1 200 OK\r\n');
      const more = () => {
        while (socket.writable && socket.write(`X-A: ${'y'.repeat(60_000)}\r\n`));
        socket.once('drain', more);
      };
      more();
    }).listen(path);
    try {
      const env = { DOCKER_HOST: `unix://${path}` };
      const { code } = await runBounded({ folder, args: ['check', '8080', '--timeout', '2'], env });
      expect(code).toBe(3);
    } finally {
      for (const socket of sockets) socket.destroy();
      server.close();
    }
  }, 30_000);
});

function refuseForEver(_request: Parameters<Handler>[0], response: Parameters<Handler>[1]): void {
  response.writeHead(500, { 'content-type': 'text/plain' });
  const more = () => {
    while (response.write('no '.repeat(20_000)));
    response.once('drain', more);
  };
  more();
}
