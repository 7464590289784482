import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { applyEdits, writableFolders } from '../../../src/compose/edit/apply-edits.ts';
import type { EditPlan, WriteKind } from '../../../src/compose/edit/edit.ts';
import { planEdits } from '../../../src/compose/edit/plan-edits.ts';
import { loadProject } from '../../../src/compose/load.ts';
import type { ComposeOptions } from '../../../src/compose/options.ts';
import { type ComposeProject, publishesOf } from '../../../src/compose/project.ts';
import type { Assignment } from '../../../src/model/findings/plan.ts';
import { toPort } from '../../../src/model/ports/port.ts';
import { type Files, portTexts, withFiles } from '../fixture.ts';

/** New host ports, by service and container port: `web 80` or `dns 53/udp`. */
export type Moves = Readonly<Record<string, number>>;

/** Returns the assignments for these moves, one for each publish of the container port. */
export function assignmentsFor(project: ComposeProject, moves: Moves): readonly Assignment[] {
  return Object.entries(moves).flatMap(([container, port]) => {
    const [service, target = ''] = container.split(' ');
    const [number, protocol = 'tcp'] = target.split('/');
    const publishes = project.services
      .filter(({ name }) => name === service)
      .flatMap((owner) => publishesOf(owner))
      .filter((publish) => publish.target === Number(number) && publish.protocol === protocol);
    if (publishes.length === 0) throw new Error(`the project does not publish ${container}`);
    return publishes.map((publish) => {
      const { address } = publish;
      return { publish, address, port: toPort(port), choice: 'moved', reason: 'taken' } as const;
    });
  });
}

/** One run of `plan --write`. */
export interface Run {
  readonly kind: WriteKind;
  readonly files: Files;
  readonly moves: Moves;
  readonly options?: Partial<ComposeOptions>;
  readonly composeVersion?: string;
}

/** The edits of a run, and the project after them. */
export interface Outcome extends EditPlan {
  /** Texts of the files, by name; `undefined` for deleted files. */
  readonly files: Readonly<Record<string, string | undefined>>;
  /** `web: :8080:80/tcp ingress` */
  readonly ports: readonly string[];
  /** Whether a second run with the same moves makes no edits. */
  readonly stable: boolean;
}

/** Plans and applies edits to a project of these files, and loads it again from the disk. */
export function write({ files, ...run }: Run): Outcome {
  return withFiles(files, (folder) => writeIn(folder, run, Object.keys(files)));
}

/** Does the same as `write` in an existing folder. */
export function writeIn(
  folder: string,
  run: Omit<Run, 'files'>,
  names: readonly string[] = [],
): Outcome {
  const { kind, moves, options = {}, composeVersion } = run;
  const cwd = join(folder, options.cwd ?? '.');
  const complete: ComposeOptions = { env: {}, ...options, cwd };
  const project = loadProject(complete);
  const request = { kind, options: complete, composeVersion };
  const plan = planEdits(project, assignmentsFor(project, moves), request);
  applyEdits(plan.edits, writableFolders(project));

  const after = loadProject(complete);
  const again = planEdits(
    after,
    assignmentsFor(after, plan.skipped.length > 0 ? {} : moves),
    request,
  );
  const touched = plan.edits.map(({ path }) => path.slice(folder.length + 1));
  const contents = [...new Set([...names, ...touched])].map((name) => [
    name,
    textOf(join(folder, name)),
  ]);
  return {
    ...plan,
    files: Object.fromEntries(contents),
    ports: after.services.flatMap((service) =>
      portTexts(service).map((text) => `${service.name} ${text}`),
    ),
    stable: again.edits.length === 0,
  };
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
