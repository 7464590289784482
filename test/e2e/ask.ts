import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import type { Engine } from '../rig/engines.ts';
import { type PortplanRunOptions, portplan } from '../rig/portplan.ts';
import type { Result } from '../rig/run.ts';

interface Place {
  readonly hostIp: string;
  readonly port: number;
  readonly protocol?: string;
}

interface Holder {
  readonly kind: string;
  readonly name?: string;
  readonly id?: string;
  readonly pid?: number;
  readonly user?: string;
  readonly command?: string;
  readonly project?: string;
  readonly service?: string;
  readonly directory?: string;
  readonly image?: string;
  readonly state?: string;
  readonly startedAt?: string;
  readonly restart?: string;
  readonly hostNetwork?: boolean;
  readonly forwarder?: string;
  readonly mode?: string;
}

/** The fields of a JSON report that the tests read; a command leaves out those that it does not have. */
export interface Answer {
  readonly schemaVersion: number;
  readonly command: string;
  readonly verdict?: string;
  readonly sources: readonly {
    readonly name: string;
    readonly status: string;
    readonly detail: string;
  }[];
  readonly notes: readonly string[];
  readonly conflicts: readonly {
    readonly code: string;
    readonly severity: string;
    readonly certainty: string;
    readonly message: string;
    readonly endpoint?: Place;
    readonly holder?: Holder;
    readonly otherHolder?: Holder;
    readonly remedy?: { readonly text: string; readonly command?: string };
    readonly suggestion?: Place;
  }[];
  readonly bindings: readonly (Place & { readonly state: string; readonly holder: Holder })[];
  readonly assignments: readonly (Place & {
    readonly choice: string;
    readonly reason: string;
    readonly publish: { readonly target: number; readonly protocol: string };
  })[];
  readonly images: readonly {
    readonly names: readonly string[];
    readonly assignments: Answer['assignments'];
  }[];
  readonly problems: readonly {
    readonly code: string;
    readonly message: string;
    readonly status: string;
    readonly port?: number;
    readonly container?: string;
    readonly holders: readonly (Place & { readonly state: string; readonly holder: Holder })[];
    readonly remedies: readonly { readonly text: string; readonly command?: string }[];
    readonly pitfalls: readonly { readonly code: string; readonly command?: string }[];
    readonly suggestion?: Place;
  }[];
  readonly container: {
    readonly id: string;
    readonly name: string;
    readonly state?: string;
    readonly exitCode?: number;
    readonly error?: string;
  };
  readonly ports: readonly (Place & { readonly target: number; readonly url?: string })[];
  /** `start`. */
  readonly containers: readonly {
    readonly id: string;
    readonly name: string;
    readonly state: string;
    readonly ports: Answer['ports'];
    readonly conflicts: Answer['conflicts'];
    readonly image?: string;
    readonly message?: string;
  }[];
  /** `stop`. */
  readonly items: readonly {
    readonly target: string;
    readonly state: string;
    readonly holder?: Holder;
    readonly remedy?: { readonly text: string; readonly command?: string };
  }[];
  readonly error?: { readonly code: string; readonly message: string; readonly hint?: string };
}

/** Runs the program with `--format json`; returns the report, validated against the schema, and the exit code. */
export async function ask(
  engine: Engine | undefined,
  args: readonly string[],
  options: PortplanRunOptions = {},
): Promise<{ readonly code: number | null; readonly answer: Answer; readonly stderr: string }> {
  const [command = '', ...rest] = args;
  const { code, stdout, stderr } = await portplan([command, '--format', 'json', ...rest], {
    engine,
    ...options,
  });
  return { code, answer: toAnswer(stdout, stderr), stderr };
}

const schema = JSON.parse(
  readFileSync(new URL('../../src/schema/portplan-v1.schema.json', import.meta.url), 'utf8'),
);
const validate = new Ajv({ allowUnionTypes: true }).compile(schema);

function toAnswer(stdout: string, stderr: string): Answer {
  const answer = parse(stdout, stderr);
  if (validate(answer)) return answer as Answer;
  const faults = JSON.stringify(validate.errors, undefined, 1);
  throw new Error(`the answer breaks the schema: ${faults}\n${stdout}`);
}

function parse(stdout: string, stderr: string): unknown {
  try {
    return JSON.parse(stdout);
  } catch {
    throw new Error(`no JSON on stdout:\n${stdout}\nstderr: ${stderr}`);
  }
}

/** Runs a command line through a shell in the engine's network, as a user who copied it. */
export async function typeInShell(engine: Engine, line: string): Promise<Result> {
  return await engine.inNetwork('sh', ['-c', line], { timeoutMs: 60_000 });
}

/** Returns all containers of the engine as `name state`, sorted by name. */
export async function listContainers(engine: Engine): Promise<readonly string[]> {
  const { json } = await engine.api<readonly { Names: readonly string[]; State: string }[]>(
    'GET',
    '/containers/json?all=true',
  );
  return json.map(({ Names, State }) => `${Names[0]?.slice(1)} ${State}`).sort();
}
