import { readdirSync, readFileSync } from 'node:fs';
import { sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';

/**
 * Words that this project does not use, each with what it uses instead (see docs/glossary.md). Most of them hide who does
 * what; the last ones are British spellings, and docker and Node spell the American way.
 */
const words: readonly (readonly [word: RegExp, instead: string])[] = [
  [/\b(?:told|tells)\b/gi, 'reports, shows, returns; "identified by" for "told by"'],
  [/\banew\b/gi, 'again; "recreate" for a container'],
  [/\bwish(?:es|ed)?\b/gi, 'request, target, publish'],
  [/\b(?:nobody|somebody)\b/gi, 'no process, another container: name the actor'],
  [/(?<!there )\b(?:is|are) none\b/gi, 'is not one, does not exist, is undefined'],
  [/(?<!there )\b(?:is|are) nothing\b/gi, 'is not one, is empty, is undefined'],
  [/\bto be had\b/gi, 'available, free'],
  [/\bnonsense\b/gi, 'invalid'],
  [/colour/gi, 'color'],
  [/(?:recogn|organ|normal|initial|serial|minim)is(?:e|ing|ation)/gi, 'the same word with z'],
  [/licence/gi, 'license'],
  [/behaviour|neighbour|favour|honour/gi, 'the same word with -or'],
  [/\b(?:centre|catalogue|cancelled|cancelling)\b/gi, 'center, catalog, canceled, canceling'],
];

/** Where such a word is right: text that is quoted from others, or a name that others gave. */
const exceptions: readonly (readonly [file: string, line: RegExp, reason: string])[] = [
  ['docs/ci.md', /!cancelled\(\)/, 'a function of GitHub Actions'],
];

const root = fileURLToPath(new URL('..', import.meta.url));
const lines: readonly Line[] = listFiles().flatMap((file) =>
  readFileSync(`${root}${file}`, 'utf8')
    .split('\n')
    .map((text, index) => ({ file, number: index + 1, text })),
);

describe('words', () => {
  test.each(words)('%p is written nowhere', (word, instead) => {
    const uses = lines
      .filter((line) => line.text.match(word) !== null && reasonFor(line) === undefined)
      .map(({ file, number, text }) => `${file}:${number}: ${text.trim()}`);
    expect({ uses, instead }).toEqual({ uses: [], instead });
  });

  test('every exception is needed', () => {
    const unneeded = exceptions.filter(
      ([file, line]) => !lines.some((one) => one.file === file && line.test(one.text)),
    );
    expect(unneeded).toEqual([]);
  });

  test('the pages, the source and the output of the program are searched', () => {
    const files = new Set(lines.map(({ file }) => file));
    for (const file of ['README.md', 'docs/glossary.md', 'src/index.ts', 'src/cli/main.ts']) {
      expect(files).toContain(file);
    }
    expect([...files].some((file) => file.startsWith('fixtures/cases/help'))).toBe(true);
  });
});

interface Line {
  readonly file: string;
  /** From 1. */
  readonly number: number;
  readonly text: string;
}

function reasonFor({ file, text }: Line): string | undefined {
  return exceptions.find(([name, line]) => name === file && line.test(text))?.[2];
}

function listFiles(): readonly string[] {
  return [
    ...['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md'],
    ...listFolder('src', /\.(?:[mc]?[jt]s|json)$/),
    ...listFolder('docs', /\.md$/),
    ...listFolder('fixtures/cases', /\/expected[\w-]*\.txt$/),
  ];
}

function listFolder(folder: string, name: RegExp): readonly string[] {
  return readdirSync(`${root}${folder}`, { recursive: true, encoding: 'utf8' })
    .map((file) => `${folder}/${file.split(sep).join('/')}`)
    .filter((file) => name.test(file))
    .sort();
}
