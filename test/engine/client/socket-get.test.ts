import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { createClient } from '../../../src/engine/client/client.ts';
import { parseEngineAddress } from '../../../src/engine/connect/address.ts';
import { PortplanError } from '../../../src/errors.ts';
import { cut, failing, fakeEngine, garbage, type Handler } from '../../rig/fake-engine.ts';
import { portplan } from '../../rig/portplan.ts';

/** Sends these bytes in pieces of `piece` bytes, then ends the connection unless `end` is false. */
function raw(text: string, { piece = 1e6, end = true } = {}): Handler {
  return async (request) => {
    const { socket } = request;
    const bytes = Buffer.from(text);
    socket.setNoDelay(true);
    for (let at = 0; at < bytes.length && !socket.destroyed; at += piece) {
      socket.write(bytes.subarray(at, at + piece));
      if (piece < bytes.length) await sleep(1);
    }
    if (end) socket.end();
  };
}

const ok = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n';
const sized = `${ok}Content-Length: 14\r\n\r\n[{"Id":"a b"}]`;
const chunked = `${ok}Transfer-Encoding: chunked\r\n\r\n5\r\n[{"Id\r\n9\r\n":"a b"}]\r\n0\r\n\r\n`;

// A Unix socket is read without dockerode, TCP with it: the outcome has to be the same.
test.each<readonly [string, Handler]>([
  ['a length', raw(sized)],
  ['a length, and the connection stays open', raw(sized, { end: false })],
  ['a length, in small pieces', raw(sized, { piece: 3 })],
  ['chunks', raw(chunked)],
  ['chunks, and the connection stays open', raw(chunked, { end: false })],
  ['chunks, in small pieces', raw(chunked, { piece: 3 })],
  ['neither length nor chunks', raw(`${ok}\r\n[1]`)],
  ['HTTP/1.0', raw('HTTP/1.0 200 OK\r\n\r\n[1]')],
  ['a folded header line', raw(`${ok}X: 1\r\n 2\r\nContent-Length: 3\r\n\r\n[1]`)],
  ['a repeated header', raw(`${ok}X: 1\r\nX: 2\r\nContent-Length: 3\r\n\r\n[1]`)],
  ['chunk extensions', raw(`${ok}Transfer-Encoding: chunked\r\n\r\n3;a=b\r\n[1]\r\n0\r\n\r\n`)],
  ['trailers', raw(`${ok}Transfer-Encoding: chunked\r\n\r\n3\r\n[1]\r\n0\r\nX: 1\r\n\r\n`)],
  ['no reason phrase', raw('HTTP/1.1 200\r\nContent-Length: 3\r\n\r\n[1]')],
  ['a 100 Continue before it', raw(`HTTP/1.1 100 Continue\r\n\r\n${sized}`)],
  ['null', raw(`${ok}Content-Length: 4\r\n\r\nnull`)],
  ['a number', raw(`${ok}Content-Length: 1\r\n\r\n7`)],
  ['invalid JSON', raw(`${ok}Content-Length: 2\r\n\r\nhm`)],
  ['an empty body', raw(`${ok}Content-Length: 0\r\n\r\n`)],
  ['an error response', failing(500, 'out of order')],
  ['status 404', failing(404, 'No such container: a')],
  ['an error response without JSON', raw('HTTP/1.1 502 Bad\r\nContent-Length: 3\r\n\r\nhm\n')],
  ['an error response without a message', raw('HTTP/1.1 500 Bad\r\nContent-Length: 2\r\n\r\n{}')],
  ['bytes that are not HTTP', garbage],
  ['a truncated body', cut],
  ['an end before the first byte', raw('')],
  ['an end in the head', raw(ok)],
])('a socket and TCP give the same outcome for %s', async (_name, handler) => {
  const outcomes = [];
  for (const transport of ['unix', 'tcp'] as const) {
    await using engine = await fakeEngine(handler, { transport });
    outcomes.push(await outcomeOf(engine.dockerHost));
  }
  expect(outcomes[0]).toEqual(outcomes[1]);
});

async function outcomeOf(dockerHost: string): Promise<unknown> {
  const client = createClient(parseEngineAddress(dockerHost), { timeoutMs: 1000 });
  try {
    return (await client.read('containers', 'answer', '/containers/json')) ?? 'undefined';
  } catch (error) {
    if (error instanceof PortplanError)
      return [error.code, error.message.replaceAll(/(unix|tcp):\S+/g, 'THERE')];
    throw error;
  } finally {
    client.close();
  }
}

test('reads a list of 10 MB in chunks', async () => {
  const list = Array.from({ length: 5_000 }, () => ({ Id: randomBytes(1000).toString('hex') }));
  await using engine = await fakeEngine((_request, response) => {
    for (const part of JSON.stringify(list).match(/.{1,30000}/gs) ?? []) response.write(part);
    response.end();
  });
  expect(await outcomeOf(engine.dockerHost)).toEqual(list);
}, 20_000);

test('check without a target inspects every container once, and ps as a table none', async () => {
  const ids = ['a1', 'b2', 'c3'];
  const running = ids.map((Id, at) => ({
    Id,
    Names: [`/${Id}`],
    State: at === 0 ? 'exited' : 'running',
    Ports: at === 0 ? [] : [{ IP: '127.0.0.1', PublicPort: 18_000 + at, Type: 'tcp' }],
  }));
  const inspected = ids.map((Id, at) => [
    `/containers/${Id}/json`,
    { Id, Name: `/${Id}`, State: { Status: at === 0 ? 'exited' : 'running' } },
  ]);
  const routes = {
    '/_ping': ((_request, response) => {
      response.writeHead(200, { server: 'Docker/28.5.2', 'api-version': '1.51' }).end('OK');
    }) satisfies Handler,
    '/info': { Name: 'h', KernelVersion: '6.1' },
    '/containers/json': running,
    ...Object.fromEntries(inspected),
  };
  for (const [args, count] of [
    [['check'], 3],
    [['ps'], 0],
    [['ps', '--format', 'json'], 3],
  ] as const) {
    await using engine = await fakeEngine(routes);
    await portplan(args, { env: { DOCKER_HOST: engine.dockerHost } });
    const requests = engine.requests.filter(({ path }) => path.startsWith('/containers/'));
    expect([args, requests.length - 1]).toEqual([args, count]);
  }
}, 30_000);
