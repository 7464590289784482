import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { scenes } from './e2e/docs/scenes.ts';
import { readQuotes, updateQuote } from './rig/quotes.ts';

/**
 * Every output that README.md and docs/ quote is held to what the program prints: by a case of fixtures/cases here, by a
 * scene on a real engine in test/e2e/docs. PORTPLAN_TEST_UPDATE=1 writes the output of the case into the page.
 */
const quotes = readQuotes();
const update = process.env.PORTPLAN_TEST_UPDATE === '1';

test('every quoted output names the case or the scene that proves it', () => {
  const unproven = quotes
    .filter(({ kind }) => kind === undefined)
    .map(({ page, line, command }) => `${page}:${line}: ${command}`);
  expect(unproven).toEqual([]);
});

test('every scene that a page names exists, and runs the command', () => {
  const unknown = quotes
    .filter(({ kind }) => kind === 'scene')
    .filter(({ name = '', command }) => scenes[name]?.commands.includes(command) !== true)
    .map(({ page, line, command }) => `${page}:${line}: ${command}`);
  expect(unknown).toEqual([]);
});

test.each(
  quotes
    .filter(({ kind }) => kind === 'case')
    .map((quote) => [`${quote.page}:${quote.line}`, quote.name, quote] as const),
)('%s quotes the output of the case %s', (_place, name, quote) => {
  const folder = fileURLToPath(new URL(`../fixtures/cases/${name}/`, import.meta.url));
  expect(existsSync(folder)).toBe(true);
  expect(quote.command).toBe(`portplan ${readFileSync(`${folder}args`, 'utf8').trim()}`);
  const [stdout = ''] = readFileSync(`${folder}expected.txt`, 'utf8').split(
    /^(?:stderr:|exit code: \d+)$/m,
  );
  if (update) updateQuote(quote, stdout.trimEnd());
  else expect(quote.output).toBe(stdout.trimEnd());
});
