import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { parseDocument } from 'yaml';

/** The files that GitHub and editors read: they parse, and agree with package.json. */
const root = fileURLToPath(new URL('..', import.meta.url));
const packageJson = JSON.parse(read('package.json'));
const workflows = list('.github/workflows');
const forms = list('.github/ISSUE_TEMPLATE').filter((name) => name !== 'config.yml');

describe('workflows', () => {
  test.each(workflows)('%s gives each job a time limit and no permission by default', (name) => {
    const { on, permissions, jobs, concurrency } = readYaml(`.github/workflows/${name}`);
    expect({ on: typeof on, permissions, concurrency: typeof concurrency }).toEqual({
      on: 'object',
      permissions: {},
      concurrency: 'object',
    });
    for (const job of Object.values<Job>(jobs)) {
      expect(job).toMatchObject({
        'runs-on': expect.any(String),
        'timeout-minutes': expect.any(Number),
        permissions: { contents: 'read' },
        steps: expect.any(Array),
      });
    }
  });

  test.each(workflows)('%s pins every action to a major version or a commit', (name) => {
    const { jobs } = readYaml(`.github/workflows/${name}`);
    const uses = stepsOf(jobs).flatMap((step) => step.uses ?? []);
    expect(uses.length).toBeGreaterThan(0);
    expect(uses.filter((action) => !/@(?:v\d+|[0-9a-f]{40})$/.test(action))).toEqual([]);
  });

  test.each(workflows)('%s runs only scripts of package.json', (name) => {
    const { jobs } = readYaml(`.github/workflows/${name}`);
    const commands = stepsOf(jobs).map((step) => step.run ?? '');
    expect(commands.flatMap(scriptsIn).filter((script) => !hasScript(script))).toEqual([]);
  });

  test('every script of package.json that calls another one names one that exists', () => {
    const commands = Object.values<string>(packageJson.scripts);
    expect(commands.flatMap(scriptsIn).filter((script) => !hasScript(script))).toEqual([]);
  });

  test('ci covers three systems and starts at the Node version of package.json', () => {
    const { os, node } = readYaml('.github/workflows/ci.yml').jobs.unit.strategy.matrix;
    expect(os.map((name: string) => name.split('-')[0])).toEqual(['ubuntu', 'macos', 'windows']);
    expect(`>=${node[0]}`).toBe(packageJson.engines.node);
  });

  test('ci runs .ci/run in the Debian that engines.sh needs', () => {
    const { container, steps } = readYaml('.github/workflows/ci.yml').jobs.engines;
    expect(container.image).toMatch(/^node:\d+-bookworm$/);
    expect(container.options).toContain('--privileged');
    expect(steps).toContainEqual(expect.objectContaining({ run: 'bash .ci/run' }));
    expect(existsSync(`${root}/.ci/run`)).toBe(true);
  });

  test('the folders of test:portable exist', () => {
    const paths = packageJson.scripts['test:portable'].match(/test\/[\w./-]+/g);
    expect(paths.length).toBeGreaterThan(5);
    expect(paths.filter((path: string) => !existsSync(`${root}/${path}`))).toEqual([]);
  });
});

describe('issue forms', () => {
  test('there is a form for bugs, wrong verdicts and features', () => {
    expect(forms).toEqual(['bug.yml', 'feature.yml', 'wrong-verdict.yml']);
  });

  test.each(forms)('%s has the keys that GitHub requires', (name) => {
    const form = readYaml(`.github/ISSUE_TEMPLATE/${name}`);
    expect(form).toMatchObject({ name: expect.any(String), description: expect.any(String) });
    for (const field of form.body) {
      expect(fieldTypes).toContain(field.type);
      expect(typeof field.attributes[field.type === 'markdown' ? 'value' : 'label']).toBe('string');
      if (field.type === 'dropdown') expect(field.attributes.options.length).toBeGreaterThan(1);
    }
  });

  test.each(forms)('%s has a different id for each field, and a required one', (name) => {
    const { body } = readYaml(`.github/ISSUE_TEMPLATE/${name}`);
    const fields: readonly Field[] = body.filter(({ type }: Field) => type !== 'markdown');
    const ids = fields.map(({ id }) => id);
    expect(ids.filter((id) => !/^[a-z][a-z0-9_-]*$/.test(id))).toEqual([]);
    expect(new Set(ids).size).toBe(ids.length);
    expect(fields.some(({ validations }) => validations?.required === true)).toBe(true);
  });

  test('the contact link is complete', () => {
    const { contact_links } = readYaml('.github/ISSUE_TEMPLATE/config.yml');
    for (const link of contact_links)
      expect(Object.keys(link).sort()).toEqual(['about', 'name', 'url']);
  });
});

test('dependabot updates packages and actions, grouped', () => {
  const { version, updates } = readYaml('.github/dependabot.yml');
  expect(version).toBe(2);
  expect(updates).toEqual(
    ['npm', 'github-actions'].map((ecosystem) =>
      expect.objectContaining({
        'package-ecosystem': ecosystem,
        directory: '/',
        schedule: { interval: 'weekly' },
        groups: expect.any(Object),
      }),
    ),
  );
});

test('the dev container runs as the engines need it', () => {
  const container = JSON.parse(read('.devcontainer/devcontainer.json'));
  const { engines } = readYaml('.github/workflows/ci.yml').jobs;
  expect(container.image).toBe(engines.container.image);
  expect(container.runArgs).toEqual(expect.arrayContaining(['--privileged']));
  expect(container.postCreateCommand).toContain('engines.sh install');
});

test.each(list('.vscode'))('.vscode/%s is JSON', (name) => {
  expect(typeof JSON.parse(read(`.vscode/${name}`))).toBe('object');
});

test('every decision record is in the index, in order and short', () => {
  const records = list('docs/decisions').filter((name) => name !== 'README.md');
  const links = [...read('docs/decisions/README.md').matchAll(/\]\((\d{4}-[\w-]+\.md)\)/g)];
  expect(links.map(([, name]) => name)).toEqual(records);
  for (const [index, name] of records.entries()) {
    const text = read(`docs/decisions/${name}`);
    expect(name.slice(0, 4)).toBe(String(index + 1).padStart(4, '0'));
    expect(text.match(/^## .*/gm)).toEqual(['## Context', '## Decision', '## Consequences']);
    expect(text.split('\n').length).toBeLessThanOrEqual(51);
  }
});

test.each([
  'CONTRIBUTING.md',
  'SECURITY.md',
  'docs/glossary.md',
  ...list('docs/decisions', 'docs/decisions/'),
])('%s names only files of the project', (page) => {
  const paths = [...read(page).matchAll(/`((?:src|test|fixtures|docs|\.ci)\/[\w./-]+)`/g)];
  const missing = paths
    .map(([, path = '']) => path)
    .filter((path) => !existsSync(`${root}/${path}`));
  expect(missing.filter((path) => !path.includes('TARGET'))).toEqual([]);
});

test('the glossary is sorted, and has each term once', () => {
  const terms = [...read('docs/glossary.md').matchAll(/^- \*\*(.+?)\*\*/gm)].map(([, term = '']) =>
    term.toLowerCase(),
  );
  expect(terms.length).toBeGreaterThan(30);
  expect(terms).toEqual([...new Set(terms)].sort());
});

test('the revisions that git blame ignores are full hashes', () => {
  const lines = read('.git-blame-ignore-revs').split('\n');
  const revisions = lines.filter((line) => line !== '' && !line.startsWith('#'));
  expect(revisions.filter((line) => !/^[0-9a-f]{40}$/.test(line))).toEqual([]);
});

interface Step {
  readonly uses?: string;
  readonly run?: string;
}

interface Job {
  readonly steps: readonly Step[];
}

interface Field {
  readonly type: string;
  readonly id: string;
  readonly validations?: { readonly required?: boolean };
}

const fieldTypes = ['markdown', 'textarea', 'input', 'dropdown', 'checkboxes'];

function read(path: string): string {
  return readFileSync(`${root}/${path}`, 'utf8');
}

/** The names of the files in a folder, sorted, each behind `prefix`. */
function list(folder: string, prefix = ''): string[] {
  return readdirSync(`${root}/${folder}`)
    .sort()
    .map((name) => `${prefix}${name}`);
}

function readYaml(path: string) {
  const document = parseDocument(read(path));
  expect([...document.errors, ...document.warnings]).toEqual([]);
  return document.toJS();
}

function stepsOf(jobs: Readonly<Record<string, Job>>): readonly Step[] {
  return Object.values(jobs).flatMap((job) => job.steps);
}

/** The scripts that a command runs: those of `npm run`, of `npm test`, and quoted names such as `'test:unit'`. */
function scriptsIn(command: string): readonly string[] {
  const named = command.matchAll(/npm run (?:--?\w+ )*([\w:-]+)|'(test:\w+)'/g);
  const names = [...named].map(([, plain, quoted]) => plain ?? quoted ?? '');
  return command.includes('npm test') ? [...names, 'test'] : names;
}

function hasScript(name: string): boolean {
  return Object.hasOwn(packageJson.scripts, name);
}
