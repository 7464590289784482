import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { loadProject } from '../../src/compose/load.ts';
import type { ComposeProject } from '../../src/compose/project.ts';
import {
  composeFlags,
  errorOf,
  type Files,
  type ProjectVector,
  portTexts,
  readVectors,
  type Vector,
  withFiles,
} from './fixture.ts';

// Loads the same projects with Docker Compose. PORTPLAN_TEST_COMPOSE is the path of a docker-compose program; the default
// is `docker compose`.
const candidates: readonly (readonly string[])[] = process.env.PORTPLAN_TEST_COMPOSE
  ? [[process.env.PORTPLAN_TEST_COMPOSE]]
  : [['docker', 'compose']];
const compose = candidates.find((command) => run(command, ['version'], '.').status === 0);
const when = compose === undefined ? describe.skip : describe;
const suffix = compose === undefined ? ' (docker compose not found)' : '';

interface MergeVector extends Vector {
  readonly base: string;
  readonly override: string;
}

const merged = readVectors<MergeVector>('merge-ports').map(({ base, override, ...vector }) => {
  const files: Files = {
    'compose.yaml': `services:\n  web:\n    image: a\n    ports: ${base}\n`,
    'compose.override.yaml': `services:\n  web:\n    ports: ${override}\n`,
  };
  const project: ProjectVector = { ...vector, title: `${base} under ${override}`, files };
  return project;
});
const projects = [...readVectors<ProjectVector>('compose-files'), ...merged].map(
  (vector) => [vector.id, vector.title, vector] as const,
);

when(`docker compose config${suffix}`, () => {
  test.each(projects)(
    'agrees on %s: %s',
    (_id, _title, { files, args = [], env = {}, cwd = '.' }) => {
      withFiles(files, (folder) => {
        const directory = join(folder, cwd);
        const theirs = run(compose ?? [], [...args, 'config', '--format', 'json'], directory, env);
        const ours = () =>
          loadProject({ cwd: directory, env, strict: true, ...composeFlags(args) });
        if (theirs.status === 0) expect(ourModel(ours())).toEqual(theirModel(theirs.stdout));
        else if (!differsByVersion(ours)) errorOf(ours);
      });
    },
    20_000,
  );
});

/** Older releases reject some projects that the newest one merges; portplan warns about that. */
function differsByVersion(load: () => ComposeProject): boolean {
  try {
    return load().warnings.some(({ code }) => code === 'version-difference');
  } catch {
    return false;
  }
}

function ourModel({ name, services }: ComposeProject) {
  const enabled = services.filter((service) => service.enabled);
  return {
    name,
    services: Object.fromEntries(enabled.map((service) => [service.name, portTexts(service)])),
  };
}

interface ConfigPort {
  readonly host_ip?: string;
  readonly published?: string;
  readonly target: number;
  readonly protocol: string;
  readonly mode: string;
}

interface Config {
  readonly name: string;
  readonly services?: Readonly<Record<string, { readonly ports?: readonly ConfigPort[] }>>;
}

function theirModel(json: string) {
  const { name, services = {} } = JSON.parse(json) as Config;
  const texts = Object.entries(services).map(([service, { ports = [] }]) => [
    service,
    ports.map(({ host_ip = '', published = '', target, protocol, mode }) => {
      const host = published === '0' ? '' : published;
      return `${host_ip}:${host}:${target}/${protocol.toLowerCase()} ${mode}`;
    }),
  ]);
  return { name, services: Object.fromEntries(texts) };
}

function run(
  command: readonly string[],
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
) {
  const [program = '', ...first] = command;
  const { PATH = '', HOME = '', DOCKER_CONFIG } = process.env;
  return spawnSync(program, [...first, ...args], {
    cwd,
    env: { PATH, HOME, ...(DOCKER_CONFIG && { DOCKER_CONFIG }), ...env },
    encoding: 'utf8',
    timeout: 15_000,
    killSignal: 'SIGKILL',
  });
}
