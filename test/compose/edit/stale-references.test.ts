import { expect, test } from '@jest/globals';
import { write } from './fixture.ts';

const compose = `services:
  web:
    image: registry:8080/a:8080
    ports: ["8080:80"]
    expose: ["8080"]
    labels:
      caddy: "localhost:8080"
    healthcheck:
      test: curl http://localhost:8080 || curl http://localhost:80
  api:
    image: a
    environment:
      - WEB=http://localhost:8080/
      - INNER=http://web:8080
      - OTHER=18080 8080.5 8080-1 x8080
    command: serve --port 8080
  proxy:
    image: a
    environment:
      PORT: 8080
      SELF: http://127.0.0.1:8080
    ports: ["8888:8080"]
x-casaos:
  port_map: "8080"
`;

test('warns about every place that still has the old port', () => {
  const files = { 'compose.yaml': compose, '.env': 'URL=http://localhost:8080\n# 8080\nA=80\n' };
  const { warnings } = write({ kind: 'file', files, moves: { 'web 80': 9090 } });
  const places = warnings.map(({ code, message, location }) => {
    const where = message.replace(' still has 8080, the old port of "web"', '');
    return `${code} ${location?.file}:${location?.line}:${location?.column} ${where}`;
  });
  expect(places).toEqual([
    'stale-reference compose.yaml:7:25 services.web.labels.caddy',
    'stale-reference compose.yaml:9:35 services.web.healthcheck.test',
    'stale-reference compose.yaml:13:30 services.api.environment',
    'stale-reference compose.yaml:16:27 services.api.command',
    'stale-reference compose.yaml:21:30 services.proxy.environment.SELF',
    'stale-reference compose.yaml:24:14 x-casaos.port_map',
    'stale-reference .env:1:22 URL',
  ]);
});

test('ignores the health check of a service that listens on the port itself', () => {
  const text = compose.replace('"8080:80"', '"8080:8080"');
  const { warnings } = write({
    kind: 'file',
    files: { 'compose.yaml': text },
    moves: { 'web 8080': 9090 },
  });
  expect(warnings.map(({ location }) => location?.line)).toEqual([7, 13, 16, 21, 24]);
});

test('ignores the managed block and the variable that was set', () => {
  const files = {
    'compose.yaml': `services: {web: {image: a, ports: ["\${P}:80"]}}`,
    '.env': 'P=8080\n',
  };
  expect(write({ kind: 'env', files, moves: { 'web 80': 9090 } })).toMatchObject({
    skipped: [],
    warnings: [],
  });
});

test('ignores a list of ports with an anchor', () => {
  const files = { 'compose.yaml': 'x-p: &p ["8080:80"]\nservices: {web: {image: a, ports: *p}}\n' };
  const run = {
    kind: 'override',
    files,
    moves: { 'web 80': 9090 },
    composeVersion: '5.0.0',
  } as const;
  expect(write(run)).toMatchObject({ skipped: [], warnings: [] });
});

test('does not warn about a port that is not moved', () => {
  const files = {
    'compose.yaml': compose.replace('["8080:80"]', `["\${P}:80"]`),
    '.env': 'P=8080\n',
  };
  expect(write({ kind: 'file', files, moves: { 'web 80': 9090 } }).warnings).toEqual([]);
});
