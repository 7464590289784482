import { describe, expect, test } from '@jest/globals';
import { setBlockValues } from '../../../../src/compose/edit/env/env-block.ts';
import { type Moves, write } from '../fixture.ts';

const compose = `services:
  web:
    image: a
    ports: ["\${WEB_PORT:-8080}:80"]
  api:
    image: a
    ports:
      - target: 80
        published: "\${API_PORT-3000}"
`;
const block = '# portplan: begin\nWEB_PORT=9090\n# portplan: end\n';

describe('writes the managed block of .env', () => {
  const cases: readonly (readonly [string, string | undefined, Moves, string | undefined])[] = [
    ['in a new file', undefined, { 'web 80': 9090 }, block],
    ['after other lines', 'A=1\n\n', { 'web 80': 9090 }, `A=1\n\n${block}`],
    [
      'after a hand-written value',
      'WEB_PORT=8081\n',
      { 'web 80': 9090 },
      `WEB_PORT=8081\n${block}`,
    ],
    ['without a final line end', 'A=1', { 'web 80': 9090 }, `A=1\n${block.trimEnd()}`],
    [
      'with Windows line ends',
      'A=1\r\n',
      { 'web 80': 9090 },
      `A=1\r\n${block.replaceAll('\n', '\r\n')}`,
    ],
    ['after a byte order mark', '\uFEFFA=1\n', { 'web 80': 9090 }, `\uFEFFA=1\n${block}`],
    [
      'over an existing block',
      `${block}A=1 # x\n`,
      { 'web 80': 9091 },
      `${block.replace('9090', '9091')}A=1 # x\n`,
    ],
    [
      'with one more variable',
      block,
      { 'api 80': 3001 },
      block.replace('# portplan: end', 'API_PORT=3001\n# portplan: end'),
    ],
    ['unchanged without moves', block, {}, block],
    [
      'without a variable that no port uses',
      'A=1\n# portplan: begin\nOLD=1\n# portplan: end\nB=2\n',
      {},
      'A=1\nB=2\n',
    ],
    [
      'deleting a file with only unused variables',
      '# portplan: begin\nOLD=1\n# portplan: end\n',
      {},
      undefined,
    ],
    [
      'keeping a comment in the block',
      '# portplan: begin\n# why\nWEB_PORT=1\n# portplan: end',
      { 'web 80': 9090 },
      '# portplan: begin\n# why\nWEB_PORT=9090\n# portplan: end',
    ],
    [
      'after a begin comment without its end',
      '# portplan: begin\nA=1\n',
      { 'web 80': 9090 },
      `# portplan: begin\nA=1\n${block}`,
    ],
  ];

  test.each(cases)('%s', (_name, before, moves, after) => {
    const files = { 'compose.yaml': compose, ...(before !== undefined && { '.env': before }) };
    const outcome = write({ kind: 'env', files, moves });
    expect(outcome.skipped).toEqual([]);
    expect(outcome.files).toEqual({
      'compose.yaml': compose,
      ...((before ?? after) !== undefined && { '.env': after }),
    });
    expect(outcome.stable).toBe(true);
    for (const [container, port] of Object.entries(moves)) {
      expect(outcome.ports).toContainEqual(
        expect.stringContaining(`${container.split(' ')[0]} :${port}:80`),
      );
    }
  });

  test.each(['A=1', 'A=1\n', 'A=1\r\nB=2', '\uFEFF', 'A="x\ny"\n'])(
    'is removed without a trace: %j',
    (text) => {
      const written = setBlockValues(text, new Map([['P', '1']]));
      const expected = text === '\uFEFF' ? undefined : text;
      expect(setBlockValues(written, new Map())).toBe(expected);
    },
  );
});

describe('sets a variable with', () => {
  const port = (text: string) => `services:\n  web:\n    image: a\n    ports: [${text}]\n`;
  test.each([
    ['no default', `"\${P}:80"`, '', 'P=9090'],
    ['a plain dollar sign', '"$P:80"', 'P=8080\n', 'P=9090'],
    ['an address before it', `"\${IP:-127.0.0.1}:\${P:-8080}:80"`, '', 'P=9090'],
    ['address and port', `"\${P}:80"`, 'P=127.0.0.1:8080\n', 'P=127.0.0.1:9090'],
    ['address and port in a default', `"\${P:-127.0.0.1:8080}:80"`, '', 'P=127.0.0.1:9090'],
    ['address and port, IPv6', `"\${P:-[::1]:8080}:80"`, '', 'P=[::1]:9090'],
    ['the whole entry', `"\${P:-8080:80}"`, 'P=8080:80\n', 'P=9090:80'],
    ['a range', `"\${P:-8000-8001}:80-81"`, '', 'P=9090-9091'],
  ])('%s', (_name, text, env, line) => {
    const files = { 'compose.yaml': port(text), '.env': env };
    const moves: Moves = text.includes('81"')
      ? { 'web 80': 9090, 'web 81': 9091 }
      : { 'web 80': 9090 };
    const outcome = write({ kind: 'env', files, moves });
    expect(outcome.skipped).toEqual([]);
    expect(outcome.files['.env']).toBe(`${env}# portplan: begin\n${line}\n# portplan: end\n`);
  });
});

describe('skips the move', () => {
  const two = `services:\n  web: {image: a, ports: ["\${P:-8080}:80"]}\n  api: {image: a, ports: ["127.0.0.2:\${P:-8080}:80"]}\n`;
  test.each([
    ['no-variable', 'services: {web: {image: a, ports: ["8080:80"]}}', {}],
    ['no-variable', `services: {web: {image: a, ports: ["8080:\${T:-80}"]}}`, {}],
    ['no-variable', `services: {web: {image: a, ports: ["\${P:-80}:\${P:-80}"]}}`, {}],
    ['variable-shared', two, {}],
    ['variable-outside', compose, { env: { WEB_PORT: '8081' } }],
    ['no-env-file', compose, { env: { COMPOSE_DISABLE_ENV_FILE: '1' } }],
    ['no-env-file', compose, { envFiles: ['/dev/null'] }],
  ])('with reason %s', (reason, text, options) => {
    const outcome = write({
      kind: 'env',
      files: { 'compose.yaml': text },
      moves: { 'web 80': 9090 },
      options,
    });
    expect(outcome).toMatchObject({ edits: [], skipped: [{ reason }] });
  });

  test('if a value after the block wins', () => {
    const files = { 'compose.yaml': compose, '.env': `${block}WEB_PORT=8081\n` };
    const outcome = write({ kind: 'env', files, moves: { 'web 80': 9091 } });
    expect(outcome).toMatchObject({ files, skipped: [{ reason: 'variable-outside' }] });
  });

  test('if one variable sets two ports that need different values', () => {
    const outcome = write({
      kind: 'env',
      files: { 'compose.yaml': two },
      moves: { 'web 80': 9090, 'api 80': 9091 },
    });
    expect(outcome).toMatchObject({
      edits: [],
      skipped: [{ reason: 'variable-shared' }, { reason: 'variable-shared' }],
    });
  });

  test('and still moves the other port', () => {
    const outcome = write({
      kind: 'env',
      files: { 'compose.yaml': compose },
      moves: { 'web 80': 9090, 'api 80': 3001 },
      options: { env: { API_PORT: '3000' } },
    });
    expect(outcome.skipped).toMatchObject([{ reason: 'variable-outside' }]);
    expect(outcome.files['.env']).toBe(block);
  });
});

test('moves ports together that share a variable', () => {
  const text = `services:\n  web: {image: a, ports: ["127.0.0.1:\${P:-8080}:80", "127.0.0.2:\${P:-8080}:80"]}\n`;
  const outcome = write({
    kind: 'env',
    files: { 'compose.yaml': text },
    moves: { 'web 80': 9090 },
  });
  expect(outcome.skipped).toEqual([]);
  expect(outcome.ports).toEqual([
    'web 127.0.0.1:9090:80/tcp ingress',
    'web 127.0.0.2:9090:80/tcp ingress',
  ]);
});

test('writes the last named env file', () => {
  const files = { 'compose.yaml': compose, 'a.env': 'A=1\n', 'b.env': 'B=1\n' };
  const outcome = write({
    kind: 'env',
    files,
    moves: { 'web 80': 9090 },
    options: { envFiles: ['a.env', 'b.env'] },
  });
  expect(outcome).toMatchObject({ files: { ...files, 'b.env': `B=1\n${block}` }, skipped: [] });
});
