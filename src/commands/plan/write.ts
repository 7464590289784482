import { applyEdits, writableFolders } from '../../compose/edit/apply-edits.ts';
import { formatDiff } from '../../compose/edit/diff.ts';
import type { FileEdit, WriteKind } from '../../compose/edit/edit.ts';
import { planEdits } from '../../compose/edit/plan-edits.ts';
import { shownPath } from '../../compose/files/paths.ts';
import { asPortplanError, atLocation, PortplanError } from '../../errors.ts';
import type { Assignment } from '../../model/findings/plan.ts';
import type { PlannedEdit, PlanWrite } from '../../model/findings/report.ts';
import { findCompose } from '../../runner/compose/find-compose.ts';
import type { LoadedProject } from '../../workflows/inputs/load-projects.ts';

export interface PlanWriteRequest {
  readonly kind: WriteKind;
  /** Report the edits without making them. */
  readonly dryRun: boolean;
  readonly env: NodeJS.ProcessEnv;
  /** Called with the diff before a file is written. */
  readonly onDiff?: ((diff: string) => void) | undefined;
}

/**
 * Writes a plan to the files of its project; returns the edits and the skipped assignments.
 * @throws PortplanError `invalid-input` when a file cannot be written; no file is changed then
 */
export async function writePlan(
  { project, options }: LoadedProject,
  assignments: readonly Assignment[],
  { kind, dryRun, env, onDiff }: PlanWriteRequest,
): Promise<{ readonly write: PlanWrite; readonly notes: readonly string[] }> {
  const cwd = options.shownFrom ?? options.cwd;
  const composeVersion = kind === 'override' ? await versionIfThere(env) : undefined;
  // Parses the files again, because they may have changed since the plan.
  const fresh = { ...options, parsed: undefined };
  const { edits, skipped, warnings } = planEdits(project, assignments, {
    kind,
    options: fresh,
    composeVersion,
  });
  const diff = formatDiff(edits, cwd);
  if (diff !== '') onDiff?.(diff);
  if (!dryRun) applyEdits(edits, writableFolders(project));
  return {
    write: {
      kind,
      done: !dryRun,
      edits: edits.map((edit) => toPlannedEdit(edit, cwd)),
      diff,
      skipped,
    },
    notes: warnings.map(({ message, location }) => atLocation(location, message)),
  };
}

async function versionIfThere(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const compose = await findCompose(env).catch(asPortplanError);
  return compose instanceof PortplanError ? undefined : compose.version;
}

function toPlannedEdit({ path, before, after }: FileEdit, cwd: string): PlannedEdit {
  const file = shownPath(path, cwd);
  if (before === undefined) return { file, action: 'create' };
  return { file, action: after === undefined ? 'remove' : 'change' };
}
