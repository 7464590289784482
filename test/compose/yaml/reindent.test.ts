import { describe, expect, test } from '@jest/globals';
import { reindent } from '../../../src/compose/yaml/reindent.ts';
import { loadFiles } from '../fixture.ts';

const head = 'services:\n  web:\n    image: a\n';

describe('reads brackets and quotes without indentation, as Compose does', () => {
  test.each([
    ['items at column 1', `${head}    ports: [\n"1:1", # it's\n"2:2"\n]\n`, ['5:1', '6:1']],
    ['items below the key', `${head}    ports: [\n    "1:1",\n    "2:2"\n    ]\n`, ['5:5', '6:5']],
    ['tabs', `${head}    ports: [\n\t"1:1",\n\t\t"2:2"\n\t]\n`, ['5:2', '6:3']],
    ['a quote over two lines', `${head}    command: "a\nb"\n    ports: ["1:1"]\n`, ['6:13']],
    ['brackets in strings', `${head}    labels: ["it's [",\nb]\n    ports: [\n80:80 ]\n`, ['7:1']],
    [
      'brackets in block scalars',
      `${head}    command: |\n      [ "\n    ports: [\n80:80 ]\n`,
      ['7:1'],
    ],
  ])('%s', (_name, text, positions) => {
    const { services } = loadFiles({ 'compose.yaml': text });
    const locations = services[0]?.publishes.map(({ origin }) => origin.location);
    expect(locations?.map(({ line, column }) => `${line}:${column}`)).toEqual(positions);
  });
});

test('leaves a text without such lines unchanged', () => {
  expect(reindent(`${head}    ports: ["1:1"]\n    command: it's [\n`)).toBeUndefined();
});

test('maps offsets back to the original text', () => {
  const text = 'a: [\nb,\nc]\n';
  const reindented = reindent(text);
  const letters = [...'abc'].map((letter) =>
    reindented?.toOriginal(reindented.text.indexOf(letter)),
  );
  expect(letters).toEqual([0, 5, 8]);
});

test('reads a line of 3 MB within 5 seconds', () => {
  const started = performance.now();
  reindent(`a: [\n${`"b" 'c', `.repeat(300_000)}\n`);
  expect(performance.now() - started).toBeLessThan(5_000);
});
