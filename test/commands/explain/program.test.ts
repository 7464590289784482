import { expect, jest, test } from '@jest/globals';
import { ask } from '../../e2e/ask.ts';
import { portplan, spawnPortplan } from '../../rig/portplan.ts';
import { holdSocket } from '../../rig/sockets.ts';

jest.setTimeout(30_000);

const message = (port: number): string =>
  `Error starting userland proxy: listen tcp4 127.0.0.1:${port}: bind: address already in use`;
const nobody = { DOCKER_HOST: 'unix:///nowhere/engine.sock' };

test('names the holder without an engine', async () => {
  await using held = await holdSocket({
    ...{ protocol: 'tcp', state: 'listen', address: '127.0.0.1', port: 0 },
  });
  const { code, answer } = await ask(undefined, ['explain', message(held.port)]);

  expect(code).toBe(0);
  expect(answer.problems).toMatchObject([
    { code: 'taken-on-host', status: 'held', holders: [{ holder: { pid: held.pid } }] },
  ]);
});

test('explains the text and reports a gap if the named engine does not answer', async () => {
  const { code, stdout, stderr } = await portplan(['explain', message(9)], { env: nobody });

  expect(code).toBe(0);
  expect(stdout).toContain('unknown whether the port is in use');
  expect(stderr).toContain('warning: cannot read the engine: no engine answers');
});

test('does not report a container as missing if no engine answers', async () => {
  const { code } = await portplan(['explain', 'web'], { env: nobody });
  expect(code).toBe(3);
});

test.each([
  ['UTF-16 of PowerShell', Buffer.from(`\ufeff${message(9)}\r\n`, 'utf16le')],
  [
    'bytes that are no text',
    Buffer.concat([Buffer.from([0xff, 0x00, 0xc3]), Buffer.from(`\n${message(9)}`)]),
  ],
])('reads %s', async (_name, bytes) => {
  await using program = await spawnPortplan(['explain', '-'], { env: nobody });
  program.child.stdin.end(bytes);
  const { code, stdout } = await program.ended();

  expect(code).toBe(0);
  expect(stdout).toContain('127.0.0.1:9/tcp');
});

test('reads the end of a long text', async () => {
  const input =
    `${message(8)}\n${'x'.repeat(99)}\n`.padEnd(5 * 1024 * 1024, 'a log line\n') + message(9);
  const { code, stdout, stderr } = await portplan(['explain'], { env: nobody, input });

  expect(code).toBe(0);
  expect(stdout).toContain('127.0.0.1:9/tcp');
  expect(stdout).not.toContain('127.0.0.1:8/tcp');
  expect(stderr).toContain('only the last 4 MiB of the text were read');
});

test('Ctrl-C ends the input and explains the text until then', async () => {
  await using program = await spawnPortplan(['explain'], { env: nobody });
  program.child.stdin.write(`${message(9)}\n`);
  // Nothing is printed while it reads: it is told again until it listens.
  const again = setInterval(() => program.child.kill('SIGINT'), 1500);
  const { code, stdout } = await program.ended().finally(() => clearInterval(again));

  expect(code).toBe(0);
  expect(stdout).toContain('127.0.0.1:9/tcp');
});

test('does not wait for input on a terminal', async () => {
  await using program = await spawnPortplan(['explain'], { terminal: true });
  const { code, stdout } = await program.ended();

  expect(code).toBe(2);
  expect(stdout).toContain('nothing to explain');
  expect(stdout).toContain('docker compose up 2>&1 | portplan explain');
});
