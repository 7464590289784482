import { describe, expect, test } from '@jest/globals';
import type { ComposeProject } from '../../../src/compose/project.ts';
import { type Files, loadFiles } from '../fixture.ts';

/** For each port: service, target, file:line:column, the text at its position and the text of its host port. */
function positions(files: Files): readonly string[] {
  return describePositions(loadFiles(files), files);
}

function describePositions(
  { directory, services }: ComposeProject,
  files: Files,
): readonly string[] {
  return services.flatMap(({ name, publishes }) =>
    publishes.map(({ target, entry, origin }) => {
      const { location, range, publishedRange } = entry;
      const text = files[range.path.slice(directory.length + 1)] ?? '';
      const host = publishedRange && text.slice(publishedRange.start, publishedRange.end);
      expect(origin.location).toEqual(location);
      const position = `${location.file}:${location.line}:${location.column}`;
      return `${name} ${target} ${position} ${text.slice(range.start, range.end)} ${host ?? ''}`.trim();
    }),
  );
}

describe('keeps the position of every port', () => {
  test('in short and long syntax, block and flow style', () => {
    const text = [
      'services:',
      '  web:',
      '    image: a',
      '    ports:',
      '      - "8080:80" # web',
      "      -   '81:81'",
      '      - 82',
      '      - target: 83',
      '        published: "8083" # x',
      '  api: {image: a, ports: ["84:84", {target: 85, published: 8085}]}',
    ].join('\n');
    expect(positions({ 'compose.yaml': text })).toEqual([
      'api 84 compose.yaml:10:27 "84:84"',
      'api 85 compose.yaml:10:36 {target: 85, published: 8085} 8085',
      'web 80 compose.yaml:5:9 "8080:80"',
      "web 81 compose.yaml:6:11 '81:81'",
      'web 82 compose.yaml:7:9 82',
      'web 83 compose.yaml:8:9 target: 83\n        published: "8083" "8083"',
    ]);
  });

  test('through aliases and merge keys', () => {
    const text = [
      'x-port: &port "8080:80"',
      'x-base: &base',
      '  image: a',
      '  ports: ["81:81"]',
      'services:',
      '  a: {image: a, ports: [*port, &more "82:82"]}',
      '  b: {<<: *base}',
      '  c: {image: a, ports: [*more]}',
    ].join('\n');
    expect(positions({ 'compose.yaml': text })).toEqual([
      'a 80 compose.yaml:1:15 "8080:80"',
      'a 82 compose.yaml:6:38 "82:82"',
      'b 81 compose.yaml:4:11 "81:81"',
      'c 82 compose.yaml:6:38 "82:82"',
    ]);
  });

  test('through override files, extends and include', () => {
    const files = {
      'compose.yaml':
        'include: [more/compose.yaml]\nservices:\n  web: {image: a, ports: ["80:80"]}\n  two: {extends: {file: base.yaml, service: one}}\n',
      'compose.override.yaml': 'services:\n  web:\n    ports:\n      - "81:81"\n',
      'base.yaml': 'services:\n  one:\n    image: a\n    ports: ["82:82"]\n',
      'more/compose.yaml': 'services: {db: {image: a, ports: ["83:83"]}}\n',
    };
    expect(positions(files)).toEqual([
      'db 83 more/compose.yaml:1:35 "83:83"',
      'two 82 base.yaml:4:13 "82:82"',
      'web 80 compose.yaml:3:27 "80:80"',
      'web 81 compose.override.yaml:4:9 "81:81"',
    ]);
  });

  test('with variables, tags, Windows line ends and characters beyond the BMP', () => {
    const files = {
      'compose.yaml': `services:\r\n  "😀": {}\r\n  web:\r\n    image: a\r\n    ports:\r\n      - \${P:-8080}:80\r\n      - !!str 81\r\n      - &x\r\n        "82:82"\r\n`,
    };
    expect(positions(files)).toEqual([
      `web 80 compose.yaml:6:9 \${P:-8080}:80`,
      'web 81 compose.yaml:7:15 81',
      'web 82 compose.yaml:9:9 "82:82"',
    ]);
  });
});

test('accepts a comment without a space before it', () => {
  const text = 'services:\n  web:\n    image: a\n    ports: ["80:80",#c\n      "81:81"]#d\n';
  expect(positions({ 'compose.yaml': text })).toEqual([
    'web 80 compose.yaml:4:13 "80:80"',
    'web 81 compose.yaml:5:7 "81:81"',
  ]);
});

test('keeps the position of an error', () => {
  const text = 'services:\n  web:\n    image: a\n    ports:\n      - "1:1"\n      - "bad:80"\n';
  expect(() => loadFiles({ 'compose.yaml': text })).toThrow(
    expect.objectContaining({ location: { file: 'compose.yaml', line: 6, column: 9 } }),
  );
});

test('shows a file outside the working directory by its absolute path', () => {
  const files = { 'compose.yaml': 'services: {web: {image: a, ports: ["80:80"]}}', 'sub/x': '' };
  const project = loadFiles(files, { cwd: 'sub' });
  expect(project.services[0]?.publishes[0]?.origin.location.file).toBe(project.files[0]);
});
