import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { loadProject } from '../../src/compose/load.ts';
import {
  composeFlags,
  errorOf,
  type ProjectVector,
  portTexts,
  readVectors,
  withFiles,
} from './fixture.ts';

interface RecordedVector extends ProjectVector {
  readonly services?: readonly string[];
  readonly expect?: {
    readonly name: string;
    readonly services: Readonly<Record<string, readonly string[]>>;
  };
}

const vectors = readVectors<RecordedVector>('recorded').map(
  (vector) => [vector.id, vector.title, vector] as const,
);

test.each(vectors)('loads the project as Compose did: %s: %s', (_id, _title, vector) => {
  withFiles(vector.files, (folder) => {
    const { args = [], env = {}, cwd = '.', services } = vector;
    const options = { ...composeFlags(args), cwd: join(folder, cwd), env, services };
    const load = () => loadProject({ ...options, strict: true });
    if (vector.expect === undefined) {
      errorOf(load);
      return;
    }
    const project = load();
    const enabled = project.services.filter((service) => service.enabled);
    expect({
      name: project.name,
      services: Object.fromEntries(enabled.map((service) => [service.name, portTexts(service)])),
    }).toEqual(vector.expect);
    // A project that loads with strict also loads without it, with the same services.
    expect(loadProject(options).services).toEqual(project.services);
  });
});
