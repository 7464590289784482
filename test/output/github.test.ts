import { resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { PortplanError } from '../../src/errors.ts';
import { renderGithub, renderGithubError } from '../../src/output/github.ts';
import type { Repository } from '../../src/output/repository-path.ts';
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

const repository: Repository = {
  folder: resolve('/repository'),
  sourceOf: (file) => (file === 'compose.yaml' ? '- "8080:80"\n- "8080:3000"' : undefined),
};
const web = publishOf('web', '8080:80', at(1, 3));
const api = publishOf('api', '8080:3000', at(2, 3));

/** Parses a workflow command as the runner does (actions/runner, ActionCommand.TryParseV2). */
function parseCommand(line: string) {
  const [, command = '', properties = '', data = ''] = /^::(\w+) (.*?)::(.*)$/s.exec(line) ?? [];
  const pairs = properties.split(',').map((pair) => {
    const [name = '', ...value] = pair.split('=');
    return [name, unescapeProperty(value.join('='))] as const;
  });
  return { command, properties: Object.fromEntries(pairs), data: unescapeData(data) };
}

function unescapeProperty(text: string): string {
  return unescapeData(text.replaceAll('%3A', ':').replaceAll('%2C', ','));
}

function unescapeData(text: string): string {
  return text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%');
}

test('names the other publish of a finding', () => {
  expect(renderGithub(reportOf([twice(api, web)]), repository)).toBe(
    '::error title=portplan (published-twice),file=compose.yaml,line=2,col=3,endLine=2,endColumn=14::' +
      '8080:80 of service web and 8080:3000 of service api publish the same host port.%0A' +
      'Other publish: 8080:80 of service web at compose.yaml:1:3',
  );
});

test('sorts errors first, then warnings, then allowed findings', () => {
  const allowed = { ...inUse(web), allowed: 'the old one goes away' };
  const report = reportOf([allowed, unset(at(2, 3)), inUse(api), inUse(argument('8080:80'))]);
  expect(
    renderGithub(report, repository)
      .split('\n')
      .map((line) => /^::\w+/.exec(line)?.[0]),
  ).toEqual(['::error', '::error', '::warning', '::notice']);
});

test('prints an empty text for a report without findings', () => {
  expect(renderGithub(reportOf([], [web]), repository)).toBe('');
});

describe('the location of an annotation', () => {
  test.each([
    ['is escaped', 'a,b:c%.yaml', 'file=a%2Cb%3Ac%25.yaml,line=1,col=3::PORT'],
    [
      'is in the message for a file outside the repository',
      '/else/a.yaml',
      '(unset-variable)::/else/a.yaml:1:3:%0APORT',
    ],
    ['is in the message for stdin', '-', '(unset-variable)::-:1:3:%0APORT'],
  ])('%s', (_, file, part) => {
    expect(renderGithub(reportOf([unset(at(1, 3, file))]), repository)).toContain(part);
  });

  test('starts at the root of the repository', () => {
    const below = { ...repository, cwd: resolve(repository.folder, 'deploy') };
    expect(renderGithub(reportOf([unset(at(1, 3))]), below)).toContain('file=deploy/compose.yaml,');
  });
});

test('prints an error of portplan as an annotation', () => {
  const error = new PortplanError('invalid-publish', 'port 99999 is too high', {
    hint: 'ports end at 65535',
    location: at(2, 3),
  });
  expect(renderGithubError(error, repository)).toBe(
    '::error title=portplan (invalid-publish),file=compose.yaml,line=2,col=3,endLine=2,endColumn=14::' +
      'Port 99999 is too high.%0APorts end at 65535.',
  );
});

test('no name can add a command, a property or a line', () => {
  fc.assert(
    fc.property(hostileReport, (report) => {
      const lines = renderGithub(report, repository).split('\n');
      expect(lines).toHaveLength(report.conflicts.length);
      for (const line of lines) {
        expect(line).not.toMatch(/[\p{Cc}\p{Cf}\u2028\u2029]/u);
        const { command, properties, data } = parseCommand(line);
        expect(['error', 'warning', 'notice']).toContain(command);
        const names = Object.keys(properties).join();
        expect(['title', 'title,file,line,col']).toContain(names);
        expect(properties.title).toMatch(/^portplan \([a-z0-9-]+\)$/);
        expect(data).not.toBe('');
      }
    }),
  );
});
