import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

const folder = fileURLToPath(new URL('../../dist/program', import.meta.url));
const parts = readdirSync(folder).filter((name) => name.endsWith('.cjs'));

test.each(parts.map((name) => [name]))('%s finds the parts that it names', (name) => {
  // A line may end within a name.
  const text = readFileSync(join(folder, name), 'utf8').replaceAll('\\\n', '');
  const named = [...text.matchAll(/require\("\.\/([^"]+)"\)/g)].map(([, part]) => part ?? '');
  expect(named.filter((part) => !parts.includes(part))).toEqual([]);
});
