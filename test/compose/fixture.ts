import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadProject } from '../../src/compose/load.ts';
import type { ComposeOptions } from '../../src/compose/options.ts';
import type { ComposeProject, ComposePublish, ComposeService } from '../../src/compose/project.ts';
import { publishesOf } from '../../src/compose/project.ts';
import { PortplanError } from '../../src/errors.ts';
import { anyAddress } from '../../src/model/ports/address.ts';
import { publishedText } from '../../src/model/ports/publish.ts';

/** A port in the form of the vectors. */
export interface VectorPort {
  readonly hostIp: string | null;
  readonly hostPortStart: number | null;
  readonly hostPortEnd: number | null;
  readonly containerPort: number;
  readonly protocol: string;
  readonly mode: string;
}

/** A test case of a vector file; `error` is the expected reason. */
export interface Vector {
  readonly id: string;
  readonly error?: string;
}

/** Returns the cases of a file in fixtures/compose. */
export function readVectors<Case extends Vector>(name: string): readonly Case[] {
  const url = new URL(`../../fixtures/compose/${name}.json`, import.meta.url);
  const { vectors } = JSON.parse(readFileSync(url, 'utf8')) as { vectors: readonly Case[] };
  return vectors;
}

/** Returns a publish in the form of the vectors. */
export function toVectorPort(publish: ComposePublish): VectorPort {
  const { address, hostPorts, target, protocol, mode } = publish;
  return {
    hostIp: address === anyAddress ? null : address,
    hostPortStart: hostPorts?.first ?? null,
    hostPortEnd: hostPorts?.last ?? null,
    containerPort: target,
    protocol,
    mode,
  };
}

/** Returns the ports of a service as Compose lists them; empty without a service. */
export function vectorPortsOf(service: ComposeService | undefined): readonly VectorPort[] {
  return service === undefined ? [] : publishesOf(service).map(toVectorPort);
}

/** Returns the ports of a service as text: `127.0.0.1:8080:80/tcp ingress`. */
export function portTexts(service: ComposeService): readonly string[] {
  return publishesOf(service).map((publish) => {
    const { hostIp, target, protocol, mode } = publish;
    return `${hostIp}:${publishedText(publish)}:${target}/${protocol} ${mode}`;
  });
}

/** A project of the vectors, with the flags and environment that it is loaded with. */
export interface ProjectVector extends Vector {
  readonly title: string;
  readonly files: Files;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** Returns the flags of `docker compose` as options. */
export function composeFlags(args: readonly string[]): Partial<ComposeOptions> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      file: { type: 'string', short: 'f', multiple: true },
      profile: { type: 'string', multiple: true },
      'env-file': { type: 'string', multiple: true },
      'project-directory': { type: 'string' },
      'project-name': { type: 'string', short: 'p' },
    },
  });
  return {
    files: values.file,
    profiles: values.profile,
    envFiles: values['env-file'],
    projectDirectory: values['project-directory'],
    projectName: values['project-name'],
  };
}

/** Texts of files, by path relative to the project folder. */
export type Files = Readonly<Record<string, string>>;

/** Creates a folder `proj` with these files, runs `use` in it and removes it. */
export function withFiles<Result>(files: Files, use: (folder: string) => Result): Result {
  const root = mkdtempSync(join(tmpdir(), 'portplan-compose-'));
  try {
    const folder = join(root, 'proj');
    mkdirSync(folder);
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    return use(folder);
  } finally {
    rmSync(root, { recursive: true });
  }
}

/** Loads a project of these files; the default environment is empty. */
export function loadFiles(files: Files, options: Partial<ComposeOptions> = {}): ComposeProject {
  return withFiles(files, (folder) => {
    return loadProject({ env: {}, ...options, cwd: join(folder, options.cwd ?? '.') });
  });
}

/** Returns the PortplanError that an action throws; fails if it throws none. */
export function errorOf(action: () => unknown): PortplanError {
  try {
    action();
  } catch (error) {
    if (error instanceof PortplanError) return error;
    throw error;
  }
  throw new Error('expected an error');
}
