import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { type PortError, portErrorTitles } from '../../src/model/findings/port-error.ts';
import { parsePortErrors } from '../../src/port-errors/parse.ts';

interface Recorded {
  readonly source: string;
  readonly text: string;
  readonly code: PortError['code'];
  readonly address?: string;
  readonly port?: number;
  readonly pool?: readonly [number, number];
  readonly protocol?: string;
  readonly container?: string;
  readonly service?: string;
  readonly detail?: string;
}

const messages: readonly Recorded[] = JSON.parse(
  readFileSync(new URL('../../fixtures/port-errors/messages.json', import.meta.url), 'utf8'),
);

/** Returns an error in the format of the fixtures. */
function summaryOf({ message: _message, pool, ...error }: PortError) {
  const summary = { ...error, pool: pool && [pool.first, pool.last] };
  return Object.fromEntries(Object.entries(summary).filter(([, value]) => value !== undefined));
}

describe('every known message', () => {
  test.each(messages.map((message) => [message.source, message] as const))(
    '%s',
    (_source, { source: _where, text, ...expected }) => {
      expect(parsePortErrors(text).map(summaryOf)).toEqual([expected]);
    },
  );

  test('has a fixture for every code', () => {
    const codes = new Set(messages.map(({ code }) => code));
    expect([...codes].sort()).toEqual(Object.keys(portErrorTitles).sort());
  });
});

const endpoint = 'e3'.repeat(32);
const failed = (name: string, cause: string): string =>
  `Error response from daemon: driver failed programming external connectivity on endpoint ${name} (${endpoint}): ${cause}`;
const taken = failed('web', 'Bind for 0.0.0.0:8080 failed: port is already allocated');

describe('every known message in lines of 80 characters', () => {
  const broken = (line: string) => line.replace(/.{80}(?=.)/g, '$&\n');
  const wrapped = (line: string) => line.replace(/(?=.{80})(?:.{1,79}|\S+) /g, '$&\n');
  const summaries = (text: string) => parsePortErrors(text).map(({ code, port }) => [code, port]);

  test.each([
    ['broken by a terminal', broken],
    ['broken between words', wrapped],
    [
      'broken between words, without the spaces',
      (line: string) => wrapped(line).replaceAll(' \n', '\n'),
    ],
  ])('%s', (_name, breakLine) => {
    const read = messages.map(({ text }) => {
      const lines = text.trim().split(/\r?\n/);
      return [text, summaries(lines.map(breakLine).join('\n'))];
    });
    expect(read).toEqual(messages.map(({ text, code, port }) => [text, [[code, port]]]));
  });

  test('with the non-breaking spaces of a web page', () => {
    expect(summaries(taken.replaceAll(' ', '\u00a0'))).toEqual([['taken-by-container', 8080]]);
  });

  test('beside lines that are not broken', () => {
    const other = failed('api', 'Bind for 0.0.0.0:9090 failed: port is already allocated');
    const service = 'web-1  | '.padEnd(80, 'GET /ports ');
    expect(summaries([service, broken(taken), service, broken(other)].join('\n'))).toEqual([
      ['taken-by-container', 8080],
      ['taken-by-container', 9090],
    ]);
  });
});

describe('the messages of the engine', () => {
  test.each([
    ['docker run', `docker: ${taken}\n\nRun 'docker run --help' for more information`],
    ['the API', JSON.stringify({ message: taken })],
    ['podman', JSON.stringify({ cause: 'x', message: taken, response: 500 })],
    ['Compose v1', `ERROR: for web  Cannot start service web: ${taken}`],
    ['Compose v2 on a terminal', ` \u001b[31m✘\u001b[0m Container shop-web-1  ${taken}\u001b[K`],
    ['Windows', `docker: ${taken}\r\nSee 'docker run --help'.\r\n`],
    ['a progress bar', `\rPulling [====>  ]\rdocker: ${taken}\r`],
    ['a terminal of 80 columns', (taken.match(/.{1,80}/g) ?? []).join('\n')],
    ['a mail', taken.replaceAll(' ', '\n    ')],
  ])('are found in the output of %s', (_name, text) => {
    expect(parsePortErrors(text).map(summaryOf)).toMatchObject([
      { code: 'taken-by-container', address: '0.0.0.0', port: 8080, container: 'web' },
    ]);
  });

  test('are returned without the text around them', () => {
    expect(parsePortErrors(`docker: ${taken}`)[0]?.message).toBe(
      'Bind for 0.0.0.0:8080 failed: port is already allocated',
    );
    expect(parsePortErrors(JSON.stringify({ message: taken }))[0]?.message).toBe(
      'Bind for 0.0.0.0:8080 failed: port is already allocated',
    );
  });

  test('are joined if a line break precedes the reason', () => {
    const message = failed('web', 'failed to bind host port for 0.0.0.0:9000:172.17.0.2:80/tcp:');
    expect(parsePortErrors(`${message}\naddress already in use`).map(summaryOf)).toEqual([
      { code: 'taken-on-host', address: '0.0.0.0', port: 9000, protocol: 'tcp', container: 'web' },
    ]);
  });
});

describe('a text with more than one message', () => {
  const noise = Array.from(
    { length: 2000 },
    (_, index) => `web-1  | 10.0.0.${index % 256} - - "GET /ports/${index} HTTP/1.1" 200 12`,
  );

  test('is searched to its end', () => {
    const text = [...noise, taken, ...noise].join('\n');
    expect(parsePortErrors(text).map(({ port }) => port)).toEqual([8080]);
  });

  test('returns each error once, in order', () => {
    const other = failed('api', 'all ports are allocated');
    const text = [taken, noise[0], other, taken, other].join('\n');
    expect(parsePortErrors(text).map(({ code, container }) => [code, container])).toEqual([
      ['taken-by-container', 'web'],
      ['pool-exhausted', 'api'],
    ]);
  });

  test('may have two errors on one line, each with its own port', () => {
    const text = `2 errors: ${taken}; ${taken.replace('8080', '9090').replace('web', 'api')}`;
    expect(parsePortErrors(text).map(({ port, container }) => [port, container])).toEqual([
      [8080, 'web'],
      [9090, 'api'],
    ]);
  });

  test.each([
    ['an empty text', ''],
    ['an error of another kind', failed('web', 'no space left on device')],
    ['a connection that failed', 'dial tcp 10.0.0.1:80: connect: cannot assign requested address'],
    ['a file without read permission', 'open /etc/shadow: permission denied'],
    ['a log', noise.join('\n')],
    ['a list of published ports', '0.0.0.0:8080->80/tcp, [::]:8080->80/tcp'],
  ])('with %s has no port error', (_name, text) => {
    expect(parsePortErrors(text)).toEqual([]);
  });

  test('ignores invalid port numbers', () => {
    const text = 'Bind for 0.0.0.0:99999 failed: port is already allocated';
    expect(parsePortErrors(text).map(summaryOf)).toEqual([
      { code: 'taken-by-container', address: '0.0.0.0' },
    ]);
  });

  test.each([
    ['one endless line', 'cannot expose privileged port 1'.repeat(130_000)],
    ['many errors', `${taken}\n`.repeat(16_000)],
    [
      'many different errors',
      Array.from({ length: 60_000 }, (_, i) => `port is already allocated ${i}`).join('\n'),
    ],
    ['endless spaces', `${' '.repeat(4_000_000)}`],
    ['a log of 4 MiB', `${noise.join('\n')}\n`.repeat(35)],
    ['many colors', '\u001b[31m\u001b]'.repeat(400_000)],
  ])('of 4 MiB is read in bounded time: %s', (_name, text) => {
    const start = performance.now();
    expect(parsePortErrors(text).length).toBeLessThanOrEqual(20);
    expect(performance.now() - start).toBeLessThan(10_000);
  });
});
