import { resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { PortplanError } from '../../src/errors.ts';
import type { Conflict } from '../../src/model/findings/conflict.ts';
import type { CheckReport } from '../../src/model/findings/report.ts';
import { renderGitlab, renderGitlabError } from '../../src/output/gitlab.ts';
import {
  argument,
  at,
  hostileReport,
  inUse,
  publishOf,
  reportOf,
  twice,
  unset,
} from './fixture.ts';

interface Issue {
  readonly description: string;
  readonly check_name: string;
  readonly fingerprint: string;
  readonly severity: string;
  readonly location: { readonly path: string; readonly lines: { readonly begin: number } };
}

const repository = { folder: resolve('/repository') };
const web = publishOf('web', '8080:80', at(1, 3));
const api = publishOf('api', '8080:3000', at(2, 3));

function issuesOf(report: CheckReport): readonly Issue[] {
  return JSON.parse(renderGitlab(report, repository)) as readonly Issue[];
}

test('prints a finding as an issue', () => {
  expect(issuesOf(reportOf([twice(api, web)]))).toEqual([
    {
      description:
        '8080:80 of service web and 8080:3000 of service api publish the same host port.',
      check_name: 'published-twice',
      fingerprint: expect.stringMatching(/^[0-9a-f]{32}$/),
      severity: 'critical',
      location: { path: 'compose.yaml', lines: { begin: 2 } },
    },
  ]);
});

test.each<[string, Conflict, string, string]>([
  ['a warning', unset(at(2, 3)), 'minor', 'compose.yaml'],
  ['an allowed finding', { ...inUse(web), allowed: 'it goes away' }, 'info', 'compose.yaml'],
  ['a finding of the command line', inUse(argument('8080:80')), 'critical', '.'],
  [
    'a finding in a file outside the repository',
    unset(at(2, 3, '/else/a.yaml')),
    'minor',
    '/else/a.yaml',
  ],
])('%s has its severity and path', (_, conflict, severity, path) => {
  expect(issuesOf(reportOf([conflict]))).toMatchObject([{ severity, location: { path } }]);
});

test('prints an empty list for a report without findings', () => {
  expect(issuesOf(reportOf([], [web]))).toEqual([]);
});

test('fingerprints are unique and do not change when lines move', () => {
  const moved = publishOf('web', '8080:80', at(40, 9, resolve(repository.folder, 'compose.yaml')));
  const [one] = issuesOf(reportOf([inUse(web)]));
  const issues = issuesOf(reportOf([inUse(moved), inUse(moved), inUse(api)]));
  expect(issues[0]?.fingerprint).toBe(one?.fingerprint);
  expect(new Set(issues.map(({ fingerprint }) => fingerprint)).size).toBe(3);
});

test('prints an error of portplan as the only issue', () => {
  const error = new PortplanError('invalid-input', 'it is no YAML', { location: at(7, 1) });
  expect(JSON.parse(renderGitlabError(error, repository))).toEqual([
    {
      description: 'It is no YAML.',
      check_name: 'invalid-input',
      fingerprint: expect.stringMatching(/^[0-9a-f]{32}$/),
      severity: 'blocker',
      location: { path: 'compose.yaml', lines: { begin: 7 } },
    },
  ]);
});

test('no name breaks the JSON or merges two findings', () => {
  fc.assert(
    fc.property(hostileReport, (report) => {
      const text = renderGitlab(report, repository);
      expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u);
      const issues = JSON.parse(text) as readonly Issue[];
      expect(new Set(issues.map(({ fingerprint }) => fingerprint)).size).toBe(
        report.conflicts.length,
      );
      for (const { description } of issues) expect(description).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    }),
  );
});
