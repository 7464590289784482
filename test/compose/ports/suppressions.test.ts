import { expect, test } from '@jest/globals';
import { loadFiles } from '../fixture.ts';

test('reads suppression comments on the line of a port and above it', () => {
  const text = [
    'services:',
    '  web:',
    '    image: a',
    '    ports:',
    '      - "1:1" # portplan: allow port-in-use the old one stops first',
    '      # portplan: allow privileged-port',
    '      # and a word on it',
    '      - "2:2"',
    '      - "3:3"',
    '      - target: 4 # portplan: allow a-code',
    '        published: 4',
    '      - "5:5#portplan: allow nothing"',
  ].join('\n');
  const load = () => loadFiles({ 'compose.yaml': text.replace(/\n[^\n]*nothing"$/, '') });
  const suppressions = load().services[0]?.publishes.map(({ entry }) => entry.suppressions);
  expect(suppressions).toEqual([
    [{ code: 'port-in-use', reason: 'the old one stops first' }],
    [{ code: 'privileged-port', reason: '' }],
    [],
    [{ code: 'a-code', reason: '' }],
  ]);
});

test('reads x-portplan as plain data', () => {
  const text =
    'x-portplan: {range: 8000-8999, avoid: [8080]}\nservices: {web: {image: a, x-portplan: {keep: true, n: ~}}}';
  const { extension, services } = loadFiles({ 'compose.yaml': text });
  expect(extension).toEqual({ range: '8000-8999', avoid: [8080] });
  expect(services[0]?.extension).toEqual({ keep: true, n: null });
});
