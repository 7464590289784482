import { describe, expect, test } from '@jest/globals';
import { reindent } from '../../../src/compose/yaml/reindent.ts';
import { loadFiles } from '../fixture.ts';

const head = 'services:\n  web:\n    image: a\n';

describe('brackets and quotes need no indentation, as in Compose', () => {
  test.each([
    ['items at the left', `${head}    ports: [\n"1:1", # it's\n"2:2"\n]\n`, ['5:1', '6:1']],
    ['items below the key', `${head}    ports: [\n    "1:1",\n    "2:2"\n    ]\n`, ['5:5', '6:5']],
    ['tabs', `${head}    ports: [\n\t"1:1",\n\t\t"2:2"\n\t]\n`, ['5:2', '6:3']],
    ['a quote over two lines', `${head}    command: "a\nb"\n    ports: ["1:1"]\n`, ['6:13']],
    ['brackets in texts', `${head}    labels: ["it's [",\nb]\n    ports: [\n80:80 ]\n`, ['7:1']],
    ['brackets in blocks', `${head}    command: |\n      [ "\n    ports: [\n80:80 ]\n`, ['7:1']],
  ])('%s', (_name, text, places) => {
    const { services } = loadFiles({ 'compose.yaml': text });
    const found = services[0]?.publishes.map(({ origin }) => origin.location);
    expect(found?.map(({ line, column }) => `${line}:${column}`)).toEqual(places);
  });
});

test('a text without such lines is left alone', () => {
  expect(reindent(`${head}    ports: ["1:1"]\n    command: it's [\n`)).toBeUndefined();
});

test('offsets lead back', () => {
  const text = 'a: [\nb,\nc]\n';
  const moved = reindent(text);
  const letters = [...'abc'].map((letter) => moved?.toOriginal(moved.text.indexOf(letter)));
  expect(letters).toEqual([0, 5, 8]);
});

test('a long line takes a moment', () => {
  const started = performance.now();
  reindent(`a: [\n${`"b" 'c', `.repeat(300_000)}\n`);
  expect(performance.now() - started).toBeLessThan(5_000);
});
