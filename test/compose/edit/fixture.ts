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

/** Where ports go: the host port by service and container port, `web 80` or `dns 53/udp`. */
export type Moves = Readonly<Record<string, number>>;

/** The assignments that say so, one for each publish of that container port. */
export function assignmentsFor(project: ComposeProject, moves: Moves): readonly Assignment[] {
  return Object.entries(moves).flatMap(([position, port]) => {
    const [service, target = ''] = position.split(' ');
    const [number, protocol = 'tcp'] = target.split('/');
    const own = project.services.find(({ name }) => name === service);
    const publishes = own === undefined ? [] : publishesOf(own);
    const found = publishes.filter(
      (one) => one.target === Number(number) && one.protocol === protocol,
    );
    if (found.length === 0) throw new Error(`the project publishes no ${position}`);
    return found.map((publish) => {
      const { address } = publish;
      return { publish, address, port: toPort(port), choice: 'moved', reason: 'taken' } as const;
    });
  });
}

export interface Run {
  readonly kind: WriteKind;
  readonly files: Files;
  readonly moves: Moves;
  readonly options?: Partial<ComposeOptions>;
  readonly composeVersion?: string;
}

/** What a run left behind. */
export interface Outcome extends EditPlan {
  /** The files by name, those that are gone as `undefined`. */
  readonly files: Readonly<Record<string, string | undefined>>;
  /** `web: :8080:80/tcp ingress` */
  readonly ports: readonly string[];
  /** Whether a second run with the same wishes finds nothing to change. */
  readonly stable: boolean;
}

/** Plans and applies edits to a project of these files, and loads it again from the disk. */
export function write({ files, ...run }: Run): Outcome {
  return withFiles(files, (folder) => writeIn(folder, run, Object.keys(files)));
}

/** The same in a folder that is there already. */
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
