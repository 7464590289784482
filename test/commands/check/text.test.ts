import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { renderCheck } from '../../../src/commands/check/text.ts';
import type { Conflict } from '../../../src/model/findings/conflict.ts';
import type { CheckReport } from '../../../src/model/findings/report.ts';
import type { Binding } from '../../../src/model/host/binding.ts';
import type { Publish } from '../../../src/model/ports/publish.ts';
import { plainStyle } from '../../../src/output/style.ts';
import {
  argument,
  at,
  heldBy,
  hostileReport,
  inUse,
  publishOf,
  reportOf,
  twice,
  unset,
} from '../../output/fixture.ts';

const compose = `name: shop
services:
  web:
    image: nginx
    ports:
      - "8080:80"
      - "8443:443"
  api:
    image: node
    ports: ["8080:3000", "\${METRICS}:9090"]
  db:
    image: postgres
    ports:
      - "127.0.0.1:5432:5432" # portplan: allow port-in-use the old one goes away next week
`;
const web = publishOf('web', '8080:80', at(6, 9));
const webSecure = publishOf('web', '8443:443', at(7, 9));
const api = publishOf('api', '8080:3000', at(10, 13));
const db = publishOf('db', '127.0.0.1:5432:5432', at(14, 9));

function render(report: CheckReport, width: number | undefined = 80): string {
  return renderCheck(report, {
    width,
    style: plainStyle,
    sourceOf: (file) => (file === 'compose.yaml' ? compose : undefined),
  });
}

function lines(...text: readonly string[]): string {
  return text.join('\n');
}

describe('a project', () => {
  test('with two services on one host port', () => {
    expect(render(reportOf([twice(api, web)], [web, webSecure, api, db]))).toBe(
      lines(
        'conflict  8080:80 of service web and 8080:3000 of service api publish the same',
        '          host port [published-twice]',
        '            --> compose.yaml:10:13',
        `          10 |     ports: ["8080:3000", "\${METRICS}:9090"]`,
        '             |             ^^^^^^^^^^^ service api',
        '            ::: compose.yaml:6:9',
        '           6 |       - "8080:80"',
        '             |         --------- service web',
        '',
        '4 ports of 3 services: 1 conflict',
      ),
    );
  });

  test('with a port that a container holds', () => {
    expect(render(reportOf([inUse(web)], [web, webSecure]))).toBe(
      lines(
        'conflict  8080/tcp is held by blog-web-1 [port-in-use]',
        '           --> compose.yaml:6:9',
        '          6 |       - "8080:80"',
        '            |         ^^^^^^^^^ service web',
        '          held by       container blog-web-1 (nginx:1.25)',
        '                        compose project blog, service web, in /srv/blog',
        '          fix           docker compose -p blog stop web',
        '          suggestion    8081',
        '',
        '2 ports of 1 service: 1 conflict',
      ),
    );
  });

  test('with two services on one leased port names the lease once', () => {
    const binding: Binding = {
      ...heldBy('web'),
      state: 'claimed',
      holder: { kind: 'lease', project: 'other', service: 'web', directory: '/srv/other' },
    };
    const claimed = (publish: Publish): Conflict => ({
      code: 'port-claimed',
      severity: 'warning',
      certainty: 'certain',
      publish,
      binding,
      endpoint: binding,
      remedy: { text: 'release it', command: 'portplan lease release 8080/tcp' },
    });
    const report = reportOf([claimed(web), claimed(api)], [web, webSecure, api, db]);

    expect(render(report).split('\n\n')[0]).toBe(
      lines(
        'warning   8080/tcp is free now, but the lease of other/web will claim it',
        '          [port-claimed]',
        '            --> compose.yaml:6:9',
        '           6 |       - "8080:80"',
        '             |         ^^^^^^^^^ service web',
        '            ::: compose.yaml:10:13',
        `          10 |     ports: ["8080:3000", "\${METRICS}:9090"]`,
        '             |             ----------- service api',
        '          leased by     lease of other / web',
        '                        in /srv/other',
        '          fix           portplan lease release 8080/tcp',
        '                        (release it)',
      ),
    );
  });

  test('lists conflicts, warnings and allowed findings in this order', () => {
    const allowed = { ...inUse(db, heldBy('old-db', 5432)), allowed: 'it goes away next week' };
    const report = reportOf([allowed, unset(at(10, 26)), inUse(web)], [web, api, db]);
    const text = render(report);
    expect(text.match(/^\S.*/gm)).toEqual([
      'conflict  8080/tcp is held by blog-web-1 [port-in-use]',
      'warning   PORT is not set [unset-variable]',
      'allowed   127.0.0.1:5432/tcp is held by old-db [port-in-use]',
      '3 ports of 3 services: 1 conflict, 1 warning, 1 allowed',
    ]);
    expect(text).toContain(
      lines(
        '            --> compose.yaml:10:26',
        `          10 |     ports: ["8080:3000", "\${METRICS}:9090"]`,
        '             |                          ^^^^^^^^^^^^^^^^^',
        '',
      ),
    );
    expect(text).toContain('\n          allowed       it goes away next week\n');
    expect(text).not.toContain('docker compose -p blog stop db');
  });

  test('without its text shows only the locations', () => {
    const stdin = publishOf('web', '8080:80', at(6, 9, '-'));
    expect(render(reportOf([twice(stdin, api)]))).toContain(
      lines(
        '            --> -:6:9 (service web)',
        '            ::: compose.yaml:10:13',
        '          10 |     ports:',
      ),
    );
  });

  test.each([
    ['two services by one line', publishOf('api', '8080:80', at(6, 9)), 'services web and api'],
    ['one service by one line', publishOf('web', '8080:80', at(6, 9)), 'service web, twice'],
  ])('%s: shown once', (_, publish, label) => {
    const text = render(reportOf([twice(publish, web)]));
    expect(text).toContain(`|         ^^^^^^^^^ ${label}\n`);
    expect(text).not.toContain(':::');
  });

  test('shows the ports of a range as one finding', () => {
    const range = [8000, 8001, 8002, 8003, 8004].map((port) =>
      inUse(publishOf('web', `${port}:80`, at(6, 9)), heldBy('blog-web-1', port)),
    );
    const text = render(reportOf(range));
    expect(text.match(/-->/g)).toHaveLength(1);
    expect(text).toContain('          also          8001/tcp to 8004/tcp (4 more)\n');
    expect(text).toContain('5 ports of 1 service: 5 conflicts');
  });

  test('shows at most 100 findings', () => {
    const findings = Array.from({ length: 250 }, (_, index) => unset(at(1, 1, `${index}.yaml`)));
    const text = render(reportOf(findings));
    expect(text.match(/-->/g)).toHaveLength(100);
    expect(text).toContain('\nand 150 more findings; --format json lists them all\n');
  });
});

describe('the summary', () => {
  const gap = { name: 'engine', status: 'gap', detail: 'no answer' } as const;
  const files = { name: 'files', status: 'read', detail: 'files only' } as const;
  const elsewhere = {
    ...publishOf('web', '81:81', at(1, 1, 'b.yaml')),
    origin: { kind: 'compose', project: 'blog', service: 'web', location: at(1, 1, 'b.yaml') },
  } as const;

  test.each<[string, CheckReport, string]>([
    ['of free ports', reportOf([], [web, webSecure, api]), '3 ports of 2 services: all free'],
    ['of one port', reportOf([], [web]), '1 port of 1 service: free'],
    ['of files only', reportOf([], [web, api], [files]), '2 ports of 2 services: no conflict'],
    [
      'of a project without ports',
      { ...reportOf([]), projects: reportOf([], [web]).projects },
      '0 ports: no conflict',
    ],
    [
      'with an unreadable source',
      reportOf([], [web, api], [gap]),
      '2 ports of 2 services: no conflict found, but not every source could be read: engine',
    ],
    [
      'of several projects',
      reportOf([], [web, elsewhere]),
      '2 ports of 2 services in 2 projects: all free',
    ],
    ['of the command line', reportOf([], [argument('80'), argument('81')]), 'all 2 ports are free'],
    ['of the host', reportOf([], []), 'no problems with the ports of this host'],
  ])('%s', (_, report, sum) => {
    expect(render(report).split('\n').at(-1)).toBe(sum);
  });
});

test.each([
  ['a lease', { kind: 'lease', project: 'blog', service: 'web', directory: '/srv/blog' }, 'leased'],
  ['a stopped container', { kind: 'container', id: 'c', name: 'old' }, 'claimed'],
] as const)('labels the claim of %s', (_, holder, word) => {
  const port = argument('8080');
  const held = inUse(port);
  if (held.code !== 'port-in-use') throw new Error('expected a port in use');
  const binding = { ...held.binding, holder, state: 'claimed' } as const;
  const text = render(reportOf([{ ...held, code: 'port-claimed', binding }], [port]));
  expect(text).toContain(`\n          ${word} by`);
});

test('prints a line for each port of the command line after the findings in files', () => {
  const fixed = argument('8080:80');
  const report = reportOf([inUse(fixed), twice(api, web)], [fixed, argument('81:81'), web, api]);
  expect(render(report).match(/^\S.*/gm)).toEqual([
    'conflict  8080:80 of service web and 8080:3000 of service api publish the same',
    'conflict  8080/tcp',
    'free      81/tcp',
    '2 conflicts in 4 ports',
  ]);
});

test('prints no control characters', () => {
  fc.assert(
    fc.property(hostileReport, (report) => {
      const text = render(report);
      expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\u2028\u2029]/u);
    }),
  );
});

test('renders 20,000 findings in less than 2 s', () => {
  const text = Array.from({ length: 20_000 }, (_, index) => `- "${index}:80"`).join('\n');
  const findings: readonly Conflict[] = Array.from({ length: 20_000 }, (_, index) =>
    unset(at(index + 1, 3), `${index}`),
  );
  const started = performance.now();
  renderCheck(reportOf(findings), { style: plainStyle, sourceOf: () => text });
  expect(performance.now() - started).toBeLessThan(2000);
});
