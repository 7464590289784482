import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A command and its output, as a page of the documentation quotes them in a `console` block. */
export interface Quote {
  /** The page, relative to the repository: `docs/compose.md`. */
  readonly page: string;
  /** Line of the block's fence, from 1. */
  readonly line: number;
  /** The source in the comment above the block: `case NAME` of fixtures/cases, or `scene NAME` of test/e2e/docs. */
  readonly kind: 'case' | 'scene' | undefined;
  readonly name: string | undefined;
  /** The command after `$ `: `portplan check 8080`. */
  readonly command: string;
  /** Without the line end of its last line. */
  readonly output: string;
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const block = /(?:^<!-- output of (case|scene) ([\w-]+) -->\n)?^```console\n([\s\S]*?)^```$/gm;

/** The pages of the documentation: README.md and docs/*.md. */
export const pages: readonly string[] = [
  'README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

/** The quotes of all pages, in the order of their lines. */
export function readQuotes(): readonly Quote[] {
  return pages.flatMap((page) => {
    const text = readFileSync(join(root, page), 'utf8');
    return [...text.matchAll(block)].flatMap((match) => {
      const [, kind, name, body = ''] = match;
      const line = text.slice(0, match.index).split('\n').length;
      return body
        .split(/^\$ /m)
        .slice(1)
        .map((part) => {
          const [command = '', ...lines] = part.split('\n');
          const output = lines.join('\n').trimEnd();
          return { page, line, kind: kind as Quote['kind'], name, command, output };
        });
    });
  });
}

/** Replaces the quoted output. */
export function updateQuote({ page, command, output }: Quote, printed: string): void {
  const file = join(root, page);
  const text = readFileSync(file, 'utf8');
  const head = `$ ${command}\n`;
  const end = output === '' ? '\n' : '';
  writeFileSync(
    file,
    text.replace(head + output, () => head + printed + end),
  );
}
