import { describe, expect, test } from '@jest/globals';
import { planEdits } from '../../../../src/compose/edit/plan-edits.ts';
import { loadProject } from '../../../../src/compose/load.ts';
import { anyAddress } from '../../../../src/model/ports/address.ts';
import { loadFiles, withFiles } from '../../fixture.ts';
import { assignmentsFor, type Moves, write } from '../fixture.ts';

/** Returns a Compose file with one service and this text after `ports:`. */
function web(ports: string): string {
  return `services:\n  web:\n    image: a\n    ports:${ports}\n`;
}

describe('changes only the number, with', () => {
  const cases: readonly (readonly [string, string, Moves, string])[] = [
    ['double quotes', web(' ["8080:80"]'), { 'web 80': 9090 }, web(' ["9090:80"]')],
    ['single quotes', web(" ['8080:80']"), { 'web 80': 9090 }, web(" ['9090:80']")],
    [
      'no quotes',
      web('\n      - 8080:80 # the page'),
      { 'web 80': 9090 },
      web('\n      - 9090:80 # the page'),
    ],
    [
      'equal host and container ports',
      web(' ["8080:8080"]'),
      { 'web 8080': 9090 },
      web(' ["9090:8080"]'),
    ],
    ['an address', web(' ["127.0.0.1:127:80"]'), { 'web 80': 9090 }, web(' ["127.0.0.1:9090:80"]')],
    ['an IPv6 address', web(' ["[::80]:80:80"]'), { 'web 80': 9090 }, web(' ["[::80]:9090:80"]')],
    [
      'a protocol',
      web(' ["53:53/udp", "53:53"]'),
      { 'web 53/udp': 9053 },
      web(' ["9053:53/udp", "53:53"]'),
    ],
    ['leading zeros', web(' ["0080:80"]'), { 'web 80': 9090 }, web(' ["9090:80"]')],
    ['a range of one port', web(' ["8080-8080:80"]'), { 'web 80': 9090 }, web(' ["9090:80"]')],
    [
      'a range',
      web(' ["8000-8002:80-82"]'),
      { 'web 80': 9000, 'web 81': 9001, 'web 82': 9002 },
      web(' ["9000-9002:80-82"]'),
    ],
    ['a pool', web(' ["8000-8010:80"]'), { 'web 80': 9000 }, web(' ["9000:80"]')],
    ['a default', web(` ["\${P:-8080}:80"]`), { 'web 80': 9090 }, web(` ["\${P:-9090}:80"]`)],
    [
      'a default in a default',
      web(` ["\${IP:-127.0.0.1}:\${P:-\${Q-8080}}:8080"]`),
      { 'web 8080': 9090 },
      web(` ["\${IP:-127.0.0.1}:\${P:-\${Q-9090}}:8080"]`),
    ],
    [
      'a default for the whole entry',
      web(` ["\${P:-8080:80}"]`),
      { 'web 80': 9090 },
      web(` ["\${P:-9090:80}"]`),
    ],
    [
      'digits in a variable name',
      web(` ["\${P8080:-8080}:80"]`),
      { 'web 80': 9090 },
      web(` ["\${P8080:-9090}:80"]`),
    ],
    [
      'an unset address',
      web(` ["\${IP}:8080:80"]`),
      { 'web 80': 9090 },
      web(` ["\${IP}:9090:80"]`),
    ],
    [
      'the long syntax',
      web('\n      - target: 80\n        published: 8080\n        name: web'),
      { 'web 80': 9090 },
      web('\n      - target: 80\n        published: 9090\n        name: web'),
    ],
    [
      'the long syntax in brackets',
      web(` [{published: '8080', target: 8080}]`),
      { 'web 8080': 9090 },
      web(` [{published: '9090', target: 8080}]`),
    ],
    [
      'a default in the long syntax',
      web(` [{published: "\${P-8080}", target: 80}]`),
      { 'web 80': 9090 },
      web(` [{published: "\${P-9090}", target: 80}]`),
    ],
    [
      'a number in another base',
      web(' [{published: 0x1F90, target: 80}]'),
      { 'web 80': 9090 },
      web(' [{published: 9090, target: 80}]'),
    ],
    [
      'Windows line ends',
      web(' ["8080:80"]').replaceAll('\n', '\r\n'),
      { 'web 80': 9090 },
      web(' ["9090:80"]').replaceAll('\n', '\r\n'),
    ],
    [
      'a byte order mark',
      `\uFEFF${web(' ["8080:80"]')}`,
      { 'web 80': 9090 },
      `\uFEFF${web(' ["9090:80"]')}`,
    ],
    [
      'no final line end',
      web(' ["8080:80"]').trimEnd(),
      { 'web 80': 9090 },
      web(' ["9090:80"]').trimEnd(),
    ],
    [
      'unindented brackets',
      web(' [\n"8080:80",\n"81:81"\n]'),
      { 'web 80': 9090 },
      web(' [\n"9090:80",\n"81:81"\n]'),
    ],
    [
      'a comment without a space',
      web('\n    - "8080:80"#http'),
      { 'web 80': 9090 },
      web('\n    - "9090:80"#http'),
    ],
    [
      'a tag and an anchor',
      web('\n    - &p !!str 8080:80'),
      { 'web 80': 9090 },
      web('\n    - &p !!str 9090:80'),
    ],
    [
      'ports that are swapped',
      web(' ["8080:80", "8081:81"]'),
      { 'web 80': 8081, 'web 81': 8080 },
      web(' ["8081:80", "8080:81"]'),
    ],
    [
      'an anchor whose services move together',
      `x-p: &p ["8080:80"]\nservices:\n  web: {image: a, ports: *p}\n  api: {image: a, profiles: [b], ports: *p}\n`,
      { 'web 80': 9090, 'api 80': 9090 },
      `x-p: &p ["9090:80"]\nservices:\n  web: {image: a, ports: *p}\n  api: {image: a, profiles: [b], ports: *p}\n`,
    ],
  ];

  test.each(cases)('%s', (_name, before, moves, after) => {
    const outcome = write({ kind: 'file', files: { 'compose.yaml': before }, moves });
    expect(outcome.skipped).toEqual([]);
    expect(outcome.files).toEqual({ 'compose.yaml': after });
    expect(outcome.stable).toBe(true);
  });
});

describe('pins an engine-chosen port, with', () => {
  test.each([
    ['a number', ' [80]', ' ["9090:80"]'],
    ['a number in another base', ' [0x50]', ' ["9090:80"]'],
    ['quotes', ` ['80/tcp']`, ` ['9090:80/tcp']`],
    ['an address', ' ["127.0.0.1::80"]', ' ["127.0.0.1:9090:80"]'],
    ['a colon without a number', ' [":80"]', ' ["9090:80"]'],
    ['zero', ' ["0:80"]', ' ["9090:80"]'],
    ['an empty default', ` ["\${P:-}:80"]`, ` ["\${P:-9090}:80"]`],
    [
      'the long syntax',
      '\n      - target: 80\n        name: x',
      '\n      - published: "9090"\n        target: 80\n        name: x',
    ],
    ['the long syntax in brackets', ' [{target: 80}]', ' [{published: "9090", target: 80}]'],
    ['an empty string', ` [{target: 80, published: ''}]`, ` [{target: 80, published: '9090'}]`],
  ])('%s', (_name, before, after) => {
    const outcome = write({
      kind: 'file',
      files: { 'compose.yaml': web(before) },
      moves: { 'web 80': 9090 },
    });
    expect(outcome).toMatchObject({
      skipped: [],
      files: { 'compose.yaml': web(after) },
      stable: true,
    });
  });

  test('quotes, if YAML 1.1 readers would parse a base-60 number', () => {
    const files = { 'compose.yaml': web('\n      - :22') };
    const outcome = write({ kind: 'file', files, moves: { 'web 22': 2222 } });
    expect(outcome.files).toEqual({ 'compose.yaml': web('\n      - "2222:22"') });
  });
});

describe('skips the move and keeps the file', () => {
  const two = 'services:\n  web:\n    image: a\n    ports: ["8080:80"]\n';
  const cases: readonly (readonly [string, string, Readonly<Record<string, string>>, Moves])[] = [
    [
      'variable',
      'a variable in .env',
      { 'compose.yaml': web(` ["\${P:-8080}:80"]`), '.env': 'P=8081\n' },
      { 'web 80': 9090 },
    ],
    [
      'variable',
      'a variable without a default',
      { 'compose.yaml': web(` ["\${P}:80"]`) },
      { 'web 80': 9090 },
    ],
    [
      'shared',
      'one anchor for two services',
      {
        'compose.yaml':
          'x-p: &p ["8080:80"]\nservices:\n  web: {image: a, ports: *p}\n  api: {image: a, ports: *p}\n',
      },
      { 'web 80': 9090 },
    ],
    [
      'shared',
      'a merge key',
      {
        'compose.yaml':
          'x-b: &b\n  image: a\n  ports: ["8080:80"]\nservices:\n  web: {<<: *b}\n  api: {<<: *b}\n',
      },
      { 'web 80': 9090, 'api 80': 9091 },
    ],
    [
      'shared',
      'extends',
      { 'compose.yaml': `${two}  api:\n    extends: web\n` },
      { 'web 80': 9090, 'api 80': 9091 },
    ],
    [
      'used-elsewhere',
      'a number that is also used in environment',
      {
        'compose.yaml':
          'x-p: &p 8080\nservices:\n  web:\n    image: a\n    environment: {PORT: *p}\n    ports: [{target: 80, published: *p}]\n',
      },
      { 'web 80': 9090 },
    ],
    [
      'range',
      'part of a range',
      { 'compose.yaml': web(' ["8000-8002:80-82"]') },
      { 'web 81': 9090 },
    ],
    [
      'range',
      'a range whose new ports are not consecutive',
      { 'compose.yaml': web(' ["8000-8001:80-81"]') },
      { 'web 80': 9000, 'web 81': 9002 },
    ],
    ['not-editable', 'an escape', { 'compose.yaml': web(' ["8080\\x3a80"]') }, { 'web 80': 9090 }],
    [
      'not-editable',
      'a block scalar',
      { 'compose.yaml': web('\n      - >-\n        8080:80') },
      { 'web 80': 9090 },
    ],
    [
      'written-twice',
      'a duplicate entry',
      { 'compose.yaml': web(' ["8080:80", "8080:80"]') },
      { 'web 80': 9090 },
    ],
    [
      'other-project',
      'an extended service of another project',
      {
        'compose.yaml': 'services:\n  web:\n    extends: {file: shop/compose.yaml, service: web}\n',
        'shop/compose.yaml': two,
      },
      { 'web 80': 9090 },
    ],
  ];

  test.each(cases)('%s: %s', (reason, _name, files, moves) => {
    const outcome = write({ kind: 'file', files, moves });
    expect(outcome.skipped.map((one) => one.reason)).toEqual(Object.keys(moves).map(() => reason));
    expect(outcome).toMatchObject({ edits: [], files });
  });

  test('outside-project: an included file in another folder', () => {
    const files = {
      'a/compose.yaml': 'include: [../b/compose.yaml]\nservices: {}\n',
      'b/compose.yaml': two,
    };
    const outcome = write({
      kind: 'file',
      files,
      moves: { 'web 80': 9090 },
      options: { cwd: 'a' },
    });
    expect(outcome.skipped).toMatchObject([{ reason: 'outside-project' }]);
    expect(outcome.files).toEqual(files);
  });

  test('but moves the other ports', () => {
    const files = { 'compose.yaml': web(` ["8080:80", "\${P}:81"]`), '.env': 'P=8081' };
    const outcome = write({ kind: 'file', files, moves: { 'web 80': 9090, 'web 81': 9091 } });
    expect(outcome.skipped).toMatchObject([{ reason: 'variable', publish: { target: 81 } }]);
    expect(outcome.files).toEqual({ ...files, 'compose.yaml': web(` ["9090:80", "\${P}:81"]`) });
  });
});

describe('edits other files of the project:', () => {
  test.each([
    [
      'an override file',
      {
        'compose.yaml': 'services: {web: {image: a}}',
        'compose.override.yaml': web(' ["8080:80"]'),
      },
    ],
    [
      'an included file',
      {
        'compose.yaml': 'include: [sub/web.yaml]\nservices: {}',
        'sub/web.yaml': web(' ["8080:80"]'),
      },
    ],
    [
      'an extended file',
      {
        'compose.yaml': 'services: {web: {extends: {file: base.yml, service: web}}}',
        'base.yml': web(' ["8080:80"]'),
      },
    ],
  ])('%s', (_name, files: Readonly<Record<string, string>>) => {
    const outcome = write({ kind: 'file', files, moves: { 'web 80': 9090 } });
    expect(outcome.skipped).toEqual([]);
    expect(outcome.ports).toEqual(['web :9090:80/tcp ingress']);
    expect(outcome.files['compose.yaml']).toBe(files['compose.yaml']);
  });
});

test('skips all moves if the Compose file was read from stdin', () => {
  const fileSystem = {
    stat: () => undefined,
    readText: () => '',
    readStdin: () => web(' ["8080:80"]'),
  };
  const outcome = write({
    kind: 'override',
    files: {},
    moves: { 'web 80': 9090 },
    options: { files: ['-'], fileSystem },
  });
  expect(outcome).toMatchObject({ edits: [], skipped: [{ reason: 'stdin' }] });
});

test.each([
  ['consecutive', [9091, 9090], [], web(' ["9090-9091:80"]')],
  ['separate', [9090, 9092], ['range'], undefined],
])('moves replicas to %s ports', (_name, ports, reasons, after) => {
  withFiles({ 'compose.yaml': web(' ["8080:80"]') }, (cwd) => {
    const options = { cwd, env: {} };
    const project = loadProject(options);
    const assignments = ports.flatMap((port) => assignmentsFor(project, { 'web 80': port }));
    const plan = planEdits(project, assignments, { kind: 'file', options });
    expect(plan.skipped.map(({ reason }) => reason)).toEqual(reasons);
    expect(plan.edits[0]?.after).toBe(after);
  });
});

test('skips a plan for another address', () => {
  withFiles({ 'compose.yaml': web(' ["127.0.0.1:8080:80"]') }, (cwd) => {
    const options = { cwd, env: {} };
    const project = loadProject(options);
    const assignments = assignmentsFor(project, { 'web 80': 9090 }).map((assignment) => {
      return { ...assignment, address: anyAddress };
    });
    const plan = planEdits(project, assignments, { kind: 'file', options });
    expect(plan).toMatchObject({ edits: [], skipped: [{ reason: 'address' }] });
  });
});

test('ignores assignments of other projects', () => {
  const other = loadFiles({
    'compose.yaml': 'name: other\nservices: {web: {image: a, ports: ["8080:80"]}}',
  });
  withFiles({ 'compose.yaml': web(' ["8080:80"]') }, (cwd) => {
    const options = { cwd, env: {} };
    const plan = planEdits(loadProject(options), assignmentsFor(other, { 'web 80': 9090 }), {
      kind: 'file',
      options,
    });
    expect(plan).toEqual({ edits: [], skipped: [], warnings: [] });
  });
});
