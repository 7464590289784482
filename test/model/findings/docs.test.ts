import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { conflictTitles } from '../../../src/model/findings/conflict.ts';
import { portErrorTitles } from '../../../src/model/findings/port-error.ts';

const page = (name: string) =>
  readFileSync(new URL(`../../../docs/${name}`, import.meta.url), 'utf8');

const sections = page('findings.md').split(/^## /m).slice(1);
const sectionOf = (code: string) => sections.find((section) => section.startsWith(`${code}\n`));

test('docs/findings.md has a section for each finding code and for no other code', () => {
  const codes = sections
    .map((section) => section.split('\n', 1)[0])
    .filter((title) => title !== 'Suppressing a finding');
  expect(codes).toEqual(Object.keys(conflictTitles));
});

// A check of ports prints the holder of a port in use, without its code.
test.each(Object.entries(conflictTitles))(
  'the section %s begins with the title of the code and has an example, a fix and a suppression',
  (code, title) => {
    const section = sectionOf(code) ?? '';
    expect(section.startsWith(`${code}\n\n${title}`)).toBe(true);
    expect(section).toMatch(/^```(?:console|text)$/m);
    if (code !== 'port-in-use') expect(section).toContain(`[${code}]`);
    expect(section).toMatch(/^\*\*Fix:\*\* ./m);
    expect(section).toMatch(/^\*\*Suppress:\*\* ./m);
  },
);

test('docs/explain.md quotes the title of each error code', () => {
  const rows = [...page('explain.md').matchAll(/^\| `([\w-]+)` \| (.*) \|$/gm)];
  expect(Object.fromEntries(rows.map(([, code, title]) => [code, title]))).toEqual(portErrorTitles);
});
