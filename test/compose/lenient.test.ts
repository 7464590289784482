import { describe, expect, test } from '@jest/globals';
import { errorOf, loadFiles } from './fixture.ts';

describe('what has nothing to do with ports is told, and refused when strict', () => {
  test.each([
    ['no image', 'services: {web: {ports: ["1:1"]}}'],
    ['an unknown key', 'services: {web: {image: a, wrong: 1, ports: ["1:1"]}}'],
    ['an unknown top-level key', 'services: {web: {image: a, ports: ["1:1"]}}\nwrong: 1'],
    ['a network that is not there', 'services: {web: {image: a, networks: [n], ports: ["1:1"]}}'],
    ['a service that is not there', 'services: {web: {image: a, depends_on: [b], ports: ["1:1"]}}'],
    ['a circle', 'services: {web: {image: a, depends_on: [web], ports: ["1:1"]}}'],
    [
      'container_name and scale',
      'services: {web: {image: a, container_name: ab, scale: 2, ports: ["1:1"]}}',
    ],
    ['an image that needs a variable', `services: {web: {image: "\${A:?x}", ports: ["1:1"]}}`],
    [
      'an unknown number of containers',
      `services: {web: {image: a, scale: "\${N}", ports: ["1:1"]}}`,
    ],
    ['an empty service', 'services: {web: {image: a, ports: ["1:1"]}, b: }'],
    ['a name that needs a variable', `name: \${N:?x}\nservices: {web: {image: a, ports: ["1:1"]}}`],
  ])('%s', (_name, text) => {
    const { services, warnings } = loadFiles({ 'compose.yaml': text });
    expect(services.find(({ name }) => name === 'web')?.publishes).toHaveLength(1);
    expect(warnings).toEqual([expect.objectContaining({ code: 'compose-refuses' })]);
    expect(errorOf(() => loadFiles({ 'compose.yaml': text }, { strict: true })).code).toBe(
      'invalid-input',
    );
  });

  test('in parts that are not read: only when strict', () => {
    const text = `services: {web: {image: a, command: "\${A:?x}", labels: {1: b}, ports: ["1:1"]}}`;
    expect(loadFiles({ 'compose.yaml': text }).warnings).toEqual([]);
    errorOf(() => loadFiles({ 'compose.yaml': text }, { strict: true }));
  });
});

describe('a port that depends on an unset variable is unknown', () => {
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

  test('set to nothing is not unset', () => {
    const files = {
      'compose.yaml': `services: {web: {image: a, ports: ["\${P}:80"]}}`,
      '.env': 'P=',
    };
    const [web] = loadFiles(files).services;
    expect(web?.publishes).toMatchObject([{ target: 80 }]);
  });

  test('names that the port does not depend on do not count', () => {
    const text = `services: {web: {image: a, ports: [{target: 80, name: "\${N}"}]}}`;
    expect(loadFiles({ 'compose.yaml': text }).services[0]?.publishes).toHaveLength(1);
  });
});

test('what matters to ports and differs between versions is told', () => {
  const files = {
    'compose.yaml': `include: [a.yaml]\nservices: {web: {image: b, ports: ["\${A:-\${B:?x}}:80"]}}`,
    'a.yaml': 'services: {web: {image: a, ports: ["1:1"]}}',
    '.env': 'A=8080',
  };
  const codes = loadFiles(files).warnings.map(({ code }) => code);
  expect(codes).toEqual(['version-difference', 'version-difference']);
});

test('unquoted base 60 is told', () => {
  const { warnings } = loadFiles({
    'compose.yaml': 'services: {web: {image: a, ports: [22:22, "23:23"]}}',
  });
  expect(warnings).toMatchObject([{ code: 'base-60', location: { line: 1 } }]);
  expect(warnings[0]?.message).toContain('1342');
});

test('a link that git wrote as text is followed', () => {
  const files = {
    'compose.yaml': 'real/compose.yaml',
    'real/compose.yaml': 'services: {web: {image: a, ports: ["1:1"]}}',
  };
  const { services, warnings } = loadFiles(files);
  expect(services[0]?.publishes[0]?.origin.location.file).toBe('real/compose.yaml');
  expect(warnings).toMatchObject([{ code: 'compose-refuses' }]);
});

test('what would have to be fetched is told', () => {
  const text =
    'include: ["oci://example.com/a"]\nservices: {web: {extends: {file: "https://example.com/a.git", service: a}, image: a}}';
  const codes = loadFiles({ 'compose.yaml': text }).warnings.map(({ code }) => code);
  expect(codes).toEqual(['remote-resource', 'remote-resource']);
});

test('a service that was named and is not there', () => {
  const load = () =>
    loadFiles({ 'compose.yaml': 'services: {web: {image: a}}' }, { services: ['db'] });
  expect(errorOf(load)).toMatchObject({ code: 'invalid-usage', reason: 'no-such-service' });
});
