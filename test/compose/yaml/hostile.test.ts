import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { loadProject } from '../../../src/compose/load.ts';
import { errorOf, loadFiles, withFiles } from '../fixture.ts';

const web = 'services: {web: {image: a, ports: ["1:1"]}}\n';
const lines = (count: number, line: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => line(index)).join('\n');

/** Aliases of aliases: ten lines that expand to 9^10 items. */
const bomb = [
  'x-0: &a0 [b, b, b, b, b, b, b, b, b]',
  lines(10, (n) => `x-${n + 1}: &a${n + 1} [${Array(9).fill(`*a${n}`).join(', ')}]`),
  'services: {web: {image: a, ports: *a10}}',
].join('\n');

describe('rejects a hostile file within 10 seconds', () => {
  test.each([
    ['an alias bomb', bomb],
    ['an anchor that contains itself', 'x-a: &a [*a]\nservices: {}'],
    ['an unknown anchor', 'services: *nothing'],
    ['flow nesting', `services: ${'['.repeat(1_000_000)}`],
    ['block nesting', '- '.repeat(200_000)],
    ['key nesting', '? '.repeat(200_000)],
    ['a chain of extends', `services:\n${lines(20_000, (n) => `  s${n}: {extends: s${n + 1}}`)}`],
    [
      'too many ports',
      `services: {web: {image: a, ports: [${lines(9, (n) => `"127.0.0.${n}:1-65535:1-65535",`)}]}}`,
    ],
    ['a very long port', `services: {web: {image: a, ports: ["${'9'.repeat(1_000_000)}:80"]}}`],
    ['too many items', `services: {}\nx: [${'1,'.repeat(500_000)}]`],
    ['an error on every line', 'a: b: c\n'.repeat(50_000)],
    ['control characters', `services: {web: {image: "\u001b[31m"}}`],
  ])(
    '%s',
    (_name, text) => {
      const started = performance.now();
      const { message, location } = errorOf(() => loadFiles({ 'compose.yaml': text }));
      expect(performance.now() - started).toBeLessThan(10_000);
      expect(message.length).toBeLessThan(500);
      expect(location).toBeDefined();
    },
    30_000,
  );
});

test('accepts names that are special in JavaScript', () => {
  const text =
    'services: {__proto__: {image: a, ports: ["1:1"]}, constructor: {image: b}}\nx-portplan: {__proto__: {a: 1}}';
  const { services, extension } = loadFiles({ 'compose.yaml': text });
  expect(services.map(({ name, publishes }) => [name, publishes.length])).toEqual([
    ['__proto__', 1],
    ['constructor', 0],
  ]);
  expect(Object.getPrototypeOf(extension)).toBe(Object.prototype);
});

(process.platform === 'win32' ? describe.skip : describe)(
  'rejects a file that may never end',
  () => {
    test.each([
      ['a device', ['-f', '/dev/zero']],
      ['a pipe', ['-f', 'pipe']],
      ['a folder', ['-f', '.']],
    ])(
      '%s',
      (_name, [, file = '']) => {
        withFiles({ 'compose.yaml': web }, (cwd) => {
          execFileSync('mkfifo', [join(cwd, 'pipe')]);
          const load = () => loadProject({ cwd, env: {}, files: [file] });
          expect(errorOf(load).reason).toBe('unreadable-file');
        });
      },
      10_000,
    );

    test('a pipe as env file, but accepts /dev/null', () => {
      withFiles({ 'compose.yaml': web }, (cwd) => {
        execFileSync('mkfifo', [join(cwd, 'pipe')]);
        const load = (envFile: string) => loadProject({ cwd, env: {}, envFiles: [envFile] });
        expect(errorOf(() => load('pipe')).reason).toBe('unreadable-file');
        expect(load('/dev/null').services).toHaveLength(1);
      });
    }, 10_000);
  },
);

test('rejects a file that is not text', () => {
  withFiles({}, (cwd) => {
    writeFileSync(join(cwd, 'compose.yaml'), Buffer.from([0x61, 0x3a, 0xff, 0xfe, 0x80]));
    expect(errorOf(() => loadProject({ cwd, env: {} })).reason).toBe('unreadable-file');
  });
});

test('rejects a file that is too large', () => {
  withFiles({ 'compose.yaml': `${web}#${'x'.repeat(2 * 1024 * 1024)}` }, (cwd) => {
    expect(errorOf(() => loadProject({ cwd, env: {} })).message).toContain('2 MiB');
  });
});
