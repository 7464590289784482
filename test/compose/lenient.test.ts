import { describe, expect, test } from '@jest/globals';
import { errorOf, loadFiles } from './fixture.ts';

describe('warns about problems that do not affect ports, and rejects them with strict', () => {
  test.each([
    ['no image', 'services: {web: {ports: ["1:1"]}}'],
    ['an unknown key', 'services: {web: {image: a, wrong: 1, ports: ["1:1"]}}'],
    ['an unknown top-level key', 'services: {web: {image: a, ports: ["1:1"]}}\nwrong: 1'],
    ['an undefined network', 'services: {web: {image: a, networks: [n], ports: ["1:1"]}}'],
    ['an undefined service', 'services: {web: {image: a, depends_on: [b], ports: ["1:1"]}}'],
    ['a circular dependency', 'services: {web: {image: a, depends_on: [web], ports: ["1:1"]}}'],
    [
      'container_name and scale',
      'services: {web: {image: a, container_name: ab, scale: 2, ports: ["1:1"]}}',
    ],
    ['an image with a required variable', `services: {web: {image: "\${A:?x}", ports: ["1:1"]}}`],
    [
      'an unknown number of containers',
      `services: {web: {image: a, scale: "\${N}", ports: ["1:1"]}}`,
    ],
    ['an empty service', 'services: {web: {image: a, ports: ["1:1"]}, b: }'],
    [
      'a name with a required variable',
      `name: \${N:?x}\nservices: {web: {image: a, ports: ["1:1"]}}`,
    ],
  ])('%s', (_name, text) => {
    const { services, warnings } = loadFiles({ 'compose.yaml': text });
    expect(services.find(({ name }) => name === 'web')?.publishes).toHaveLength(1);
    expect(warnings).toEqual([expect.objectContaining({ code: 'compose-refuses' })]);
    expect(errorOf(() => loadFiles({ 'compose.yaml': text }, { strict: true })).code).toBe(
      'invalid-input',
    );
  });

  test('checks fields that are not read only with strict', () => {
    const text = `services: {web: {image: a, command: "\${A:?x}", labels: {1: b}, ports: ["1:1"]}}`;
    expect(loadFiles({ 'compose.yaml': text }).warnings).toEqual([]);
    errorOf(() => loadFiles({ 'compose.yaml': text }, { strict: true }));
  });
});

describe('lists a port that depends on an unset variable as unknown', () => {
  test.each([
    ['the host port', `"\${P}:80"`, ['P'], [':80']],
    ['the address', `"\${H}:8080:80"`, ['H'], ['8080:80']],
    ['everything', `"\${A}:\${B}"`, ['A', 'B'], []],
    ['the long syntax', `{target: 80, published: "\${P}"}`, ['P'], [':80']],
  ])('%s', (_name, port, variables, blank) => {
    const [web] = loadFiles({
      'compose.yaml': `services: {web: {image: a, ports: [${port}]}}`,
    }).services;
    expect(web?.publishes).toEqual([]);
    expect(web?.unknownPorts).toMatchObject([{ variables }]);
    expect(web?.unknownPorts[0]?.blank).toHaveLength(blank.length);
  });

  test('treats an empty variable as set', () => {
    const files = {
      'compose.yaml': `services: {web: {image: a, ports: ["\${P}:80"]}}`,
      '.env': 'P=',
    };
    const [web] = loadFiles(files).services;
    expect(web?.publishes).toMatchObject([{ target: 80 }]);
  });

  test('ignores unset variables that do not affect the port', () => {
    const text = `services: {web: {image: a, ports: [{target: 80, name: "\${N}"}]}}`;
    expect(loadFiles({ 'compose.yaml': text }).services[0]?.publishes).toHaveLength(1);
  });
});

test('warns about ports that Compose versions read differently', () => {
  const files = {
    'compose.yaml': `include: [a.yaml]\nservices: {web: {image: b, ports: ["\${A:-\${B:?x}}:80"]}}`,
    'a.yaml': 'services: {web: {image: a, ports: ["1:1"]}}',
    '.env': 'A=8080',
  };
  const codes = loadFiles(files).warnings.map(({ code }) => code);
  expect(codes).toEqual(['version-difference', 'version-difference']);
});

test('warns about an unquoted base-60 number', () => {
  const { warnings } = loadFiles({
    'compose.yaml': 'services: {web: {image: a, ports: [22:22, "23:23"]}}',
  });
  expect(warnings).toMatchObject([{ code: 'base-60', location: { line: 1 } }]);
  expect(warnings[0]?.message).toContain('1342');
});

test('follows a symbolic link that Git checked out as text', () => {
  const files = {
    'compose.yaml': 'real/compose.yaml',
    'real/compose.yaml': 'services: {web: {image: a, ports: ["1:1"]}}',
  };
  const { services, warnings } = loadFiles(files);
  expect(services[0]?.publishes[0]?.origin.location.file).toBe('real/compose.yaml');
  expect(warnings).toMatchObject([{ code: 'compose-refuses' }]);
});

test('warns about remote files that are not fetched', () => {
  const text =
    'include: ["oci://example.com/a"]\nservices: {web: {extends: {file: "https://example.com/a.git", service: a}, image: a}}';
  const codes = loadFiles({ 'compose.yaml': text }).warnings.map(({ code }) => code);
  expect(codes).toEqual(['remote-resource', 'remote-resource']);
});

test('rejects an unknown service that was named', () => {
  const load = () =>
    loadFiles({ 'compose.yaml': 'services: {web: {image: a}}' }, { services: ['db'] });
  expect(errorOf(load)).toMatchObject({ code: 'invalid-usage', reason: 'no-such-service' });
});
