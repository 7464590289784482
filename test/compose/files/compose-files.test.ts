import { relative } from 'node:path';
import { expect, test } from '@jest/globals';
import { loadProject } from '../../../src/compose/load.ts';
import {
  composeFlags,
  errorOf,
  type ProjectVector,
  readVectors,
  type VectorPort,
  vectorPortsOf,
  withFiles,
} from '../fixture.ts';

interface ExpectedProject extends ProjectVector {
  readonly expect?: {
    readonly name: string;
    readonly files: readonly string[];
    readonly services: Readonly<Record<string, ExpectedService>>;
    readonly disabledServices?: readonly string[];
  };
  readonly compose240?: { readonly error?: string };
}

interface ExpectedService {
  readonly ports: readonly VectorPort[];
  readonly replicas?: number;
  readonly networkMode?: string;
}

const vectors = readVectors<ExpectedProject>('compose-files').map(
  (vector) => [vector.id, vector.title, vector] as const,
);

test.each(vectors)('loads %s: %s', (_id, _title, vector) => {
  withFiles(vector.files, (folder) => {
    const cwd = `${folder}/${vector.cwd ?? ''}`.replace(/\/$/, '');
    const load = () =>
      loadProject({ cwd, env: vector.env ?? {}, strict: true, ...composeFlags(vector.args ?? []) });
    if (vector.expect === undefined) {
      expect(errorOf(load).reason).toBe(vector.error);
      return;
    }
    const project = load();
    const enabled = project.services.filter((service) => service.enabled);
    expect({
      name: project.name,
      files: project.files.map((file) => relative(folder, file)),
      services: Object.fromEntries(
        enabled.map((service) => [
          service.name,
          {
            ports: vectorPortsOf(service),
            ...(service.replicas !== 1 && { replicas: service.replicas }),
            ...(service.networkMode && { networkMode: service.networkMode }),
          },
        ]),
      ),
      disabledServices: project.services.filter((one) => !one.enabled).map(({ name }) => name),
    }).toEqual({ disabledServices: [], ...vector.expect });
    const differs = project.warnings.some(({ code }) => code === 'version-difference');
    expect(differs).toBe(vector.compose240 !== undefined);
  });
});
