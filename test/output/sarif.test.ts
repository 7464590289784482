import { resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { PortplanError } from '../../src/errors.ts';
import { type Conflict, conflictTitles } from '../../src/model/findings/conflict.ts';
import type { CheckReport } from '../../src/model/findings/report.ts';
import { renderSarif, renderSarifError, type SarifOptions } from '../../src/output/sarif.ts';
import {
  argument,
  at,
  heldBy,
  hostileReport,
  inUse,
  publishOf,
  reportOf,
  twice,
} from './fixture.ts';
import { sarifErrors } from './sarif-schema.ts';

const folder = resolve('/repository');
const options: SarifOptions = {
  version: '1.2.3',
  folder,
  sourceOf: (file) => (file === 'compose.yaml' ? '- "8080:80"\n- "8080:3000"' : undefined),
};

interface Message {
  readonly text: string;
}
interface Physical {
  readonly artifactLocation: { readonly uri: string; readonly uriBaseId?: string };
  readonly region: object;
}
interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly message: Message;
  readonly locations?: readonly { readonly physicalLocation: Physical }[];
  readonly relatedLocations?: readonly object[];
  readonly suppressions: readonly object[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
}
interface Run {
  readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } };
  readonly invocations: readonly object[];
  readonly columnKind: string;
  readonly results: readonly Result[];
}

/** Returns the only run of a log, after checking that the log is valid. */
function toRun(log: string): Run {
  const { runs } = JSON.parse(log) as { readonly runs: readonly [Run] };
  expect(sarifErrors(JSON.parse(log))).toEqual([]);
  return runs[0];
}

function resultsOf(report: CheckReport, more: Partial<SarifOptions> = {}): readonly Result[] {
  return toRun(renderSarif(report, { ...options, ...more })).results;
}

function resultOf(conflict: Conflict, more: Partial<SarifOptions> = {}): Result | undefined {
  return resultsOf(reportOf([conflict]), more)[0];
}

const web = publishOf('web', '8080:80', at(1, 3));
const api = publishOf('api', '8080:3000', at(2, 3));

test('the schema rejects invalid values', () => {
  const log = JSON.parse(renderSarif(reportOf([inUse(web)]), options));
  log.runs[0].results[0].level = 'fatal';
  log.runs[0].results[0].locations[0].physicalLocation.artifactLocation.uri = 'a b';
  expect(sarifErrors(log).map(({ instancePath }) => instancePath)).toEqual([
    '/runs/0/results/0/level',
    '/runs/0/results/0/locations/0/physicalLocation/artifactLocation/uri',
  ]);
});

test('lists the tool and its rules', () => {
  const { tool, columnKind, results } = toRun(renderSarif(reportOf([]), options));
  expect(tool.driver).toMatchObject({ name: 'portplan', version: '1.2.3' });
  expect(tool.driver.rules.map(({ id }) => id).sort()).toEqual(Object.keys(conflictTitles).sort());
  expect(tool.driver.rules[0]).toMatchObject({
    id: 'port-in-use',
    name: 'PortInUse',
    helpUri: expect.stringMatching(/docs\/findings\.md#port-in-use$/),
    shortDescription: { text: 'Another container or program holds the host port.' },
    defaultConfiguration: { level: 'error' },
  });
  expect({ columnKind, results }).toEqual({ columnKind: 'utf16CodeUnits', results: [] });
});

test('a finding links to the other publish', () => {
  const result = resultOf(twice(api, web));
  expect(result).toEqual({
    ruleId: 'published-twice',
    ruleIndex: 3,
    level: 'error',
    message: {
      text: [
        '8080:80 of service web and 8080:3000 of service api publish the same host port.',
        'Other publish: [8080:80 of service web](1).',
      ].join('\n'),
    },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: 'compose.yaml', uriBaseId: '%SRCROOT%' },
          region: { startLine: 2, startColumn: 3, endColumn: 14 },
        },
      },
    ],
    relatedLocations: [
      {
        id: 1,
        message: { text: '8080:80 of service web' },
        physicalLocation: {
          artifactLocation: { uri: 'compose.yaml', uriBaseId: '%SRCROOT%' },
          region: { startLine: 1, startColumn: 3, endColumn: 12 },
        },
      },
    ],
    suppressions: [],
    partialFingerprints: { 'portplan/v1': expect.stringMatching(/^[0-9a-f]{32}$/) },
    properties: { certainty: 'certain' },
  });
});

test('an allowed finding is suppressed with its reason', () => {
  const { level, suppressions } = resultOf({ ...inUse(web), allowed: 'old\u001b' }) ?? {};
  expect({ level, suppressions }).toEqual({
    level: 'note',
    suppressions: [{ kind: 'inSource', justification: 'old\\u{1b}' }],
  });
});

test('a finding of the command line has no location', () => {
  const { locations, message } = resultOf(inUse(argument('8080:80'))) ?? {};
  expect(locations).toBeUndefined();
  expect(message?.text).toBe(
    [
      '8080/tcp is held by blog-web-1.',
      'Fix: docker compose -p blog stop web',
      'Suggestion: 8081',
    ].join('\n'),
  );
});

describe('the URI of a file', () => {
  const root = { uriBaseId: '%SRCROOT%' };
  test.each<[string, string, Partial<SarifOptions>, object | undefined]>([
    ['below the root', 'a/compose.yaml', {}, { uri: 'a/compose.yaml', ...root }],
    ['absolute', resolve(folder, 'a/b.yaml'), {}, { uri: 'a/b.yaml', ...root }],
    ['from a folder', 'b.yaml', { cwd: resolve(folder, 'a') }, { uri: 'a/b.yaml', ...root }],
    ['above a folder', '../b.yaml', { cwd: resolve(folder, 'a') }, { uri: 'b.yaml', ...root }],
    [
      'with special characters',
      'ä b/#1%?:.yaml',
      {},
      { uri: '%C3%A4%20b/%231%25%3F%3A.yaml', ...root },
    ],
    ['with a lone surrogate', '\ud800.yaml', {}, { uri: '%EF%BF%BD.yaml', ...root }],
    ['dots in a name', '..a.yaml', {}, { uri: '..a.yaml', ...root }],
    ['outside', resolve('/else/b c.yaml'), {}, { uri: 'file:///else/b%20c.yaml' }],
    ['stdin', '-', {}, undefined],
  ])('%s', (_, file, more, expected) => {
    const result = resultOf(inUse(publishOf('web', '8080:80', at(1, 1, file))), more);
    expect(result?.locations?.[0]?.physicalLocation.artifactLocation).toEqual(expected);
  });
});

describe('fingerprints', () => {
  const idsOf = (...conflicts: readonly Conflict[]) =>
    resultsOf(reportOf(conflicts)).map((result) => result.partialFingerprints['portplan/v1']);

  test('do not change when lines move and holders restart', () => {
    const moved = publishOf('web', '8080:80', at(40, 9, resolve(folder, 'compose.yaml')));
    const again = heldBy('blog-web-2');
    expect(idsOf(inUse(moved, again))).toEqual(idsOf(inUse(web)));
  });

  test('are different for different and for repeated findings', () => {
    const other = publishOf('web', '8080:80', at(1, 3, 'b.yaml'));
    const conflicts = [inUse(web), inUse(api), inUse(other), twice(web, api), inUse(web)];
    expect(new Set(idsOf(...conflicts)).size).toBe(conflicts.length);
  });
});

describe('untrusted text is escaped', () => {
  test.each([
    ['a link', '[a](http://a)', '[a\\](http://a)'],
    ['a link after a backslash', '[a\\](b)', '[a\\\\\\](b)'],
    ['a placeholder', 'a{0}', 'a{{0}}'],
    ['a control character', 'a\u001b[31m', 'a\\u{1b}[31m'],
    ['a bell, whose code looks like a placeholder', 'a\u0007', 'a\\u{{7}}'],
    ['a variable', `\${PORT}`, `\${PORT}`],
  ])('%s', (_, name, shown) => {
    const { message } = resultOf(inUse(web, heldBy(name))) ?? {};
    expect(message?.text.split('\n')[0]).toBe(`8080/tcp is held by ${shown}.`);
  });

  test('in the link to the other publish', () => {
    const other = publishOf('](http://a)[', '8080:81', at(1, 3));
    expect(resultOf(twice(web, other))?.message.text).toMatch(
      /\nOther publish: \[8080:81 of service \\]\(http:\/\/a\)\\\[\]\(1\)\.$/,
    );
  });

  test('the log stays valid and links only to other publishes', () => {
    fc.assert(
      fc.property(hostileReport, (report) => {
        const log = renderSarif(report, options);
        expect(log.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u);
        const { results } = toRun(log);
        expect(results).toHaveLength(report.conflicts.length);
        const links = results.flatMap(({ message }) =>
          [...message.text.matchAll(/(?<!\\)(?:\\\\)*(\]\(.*?\))/g)].map(([, link]) => link),
        );
        expect(new Set(links)).toEqual(new Set(['](1)']));
      }),
    );
  });
});

test('a source that could not be read is a notification', () => {
  const gap = {
    name: 'engine',
    status: 'gap',
    detail: 'the engine does not answer',
    hint: 'start it',
  } as const;
  expect(toRun(renderSarif(reportOf([], [web], [gap]), options)).invocations).toEqual([
    {
      executionSuccessful: true,
      toolExecutionNotifications: [
        {
          level: 'warning',
          descriptor: { id: 'engine-gap' },
          message: { text: 'The engine does not answer.\nStart it.' },
        },
      ],
    },
  ]);
});

describe('an error', () => {
  test('with a location is a notification and a result', () => {
    const error = new PortplanError('invalid-publish', '"a:b" is no port', {
      hint: 'give a number',
      location: at(1, 3),
    });
    const { invocations, results } = toRun(renderSarifError(error, options));
    expect(invocations).toMatchObject([{ executionSuccessful: false }]);
    expect(results).toMatchObject([
      {
        ruleId: 'invalid-publish',
        level: 'error',
        message: { text: '"a:b" is no port.\nGive a number.' },
        locations: [{ physicalLocation: { region: { startLine: 1, startColumn: 3 } } }],
      },
    ]);
  });

  test('without a location is only a notification', () => {
    const error = new PortplanError('unknown-context', 'there is no context "a"');
    expect(toRun(renderSarifError(error, options)).results).toEqual([]);
  });
});
