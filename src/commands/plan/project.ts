import { PortplanError } from '../../errors.ts';
import { openLeaseStore } from '../../leases/store.ts';
import { isFailure } from '../../model/findings/conflict.ts';
import type { PlanReport } from '../../model/findings/report.ts';
import { scan } from '../../scanner/scan.ts';
import { reportProbe } from '../../workflows/findings/sources.ts';
import { type LoadedProject, loadProjects } from '../../workflows/inputs/load-projects.ts';
import { toHostIp, toPlanOptions } from '../../workflows/inputs/plan-flags.ts';
import type { ParsedTargets } from '../../workflows/inputs/targets.ts';
import { planProject } from '../../workflows/plans/plan-project.ts';
import type { PlanCommandOptions } from './options.ts';
import { nothingToPlan } from './options.ts';
import { writePlan } from './write.ts';

/**
 * Plans a free host port for each publish of the selected Compose project.
 * @throws PortplanError for a file that cannot be read or written
 */
export async function planLoaded(
  targets: ParsedTargets,
  options: PlanCommandOptions,
): Promise<PlanReport> {
  const { loaded, notes } = loadOne(targets, options);
  const planning = toPlanOptions({ ...options, onConflict: undefined });
  const store = openLeaseStore({ env: options.env });
  await using host = await scan({ ...options, stopped: true });
  const { write: kind, dryRun = false, env = process.env, onDiff } = options;
  const planned = await planProject({
    project: loaded.project,
    host,
    planning,
    hostIp: toHostIp(options.hostIp),
    onConflict: options.onConflict,
    store,
    save: !dryRun && (options.lease === true || kind !== undefined),
    confirm: options.confirm,
  });
  const isWritten = kind !== undefined && !planned.conflicts.some(isFailure);
  const written = isWritten
    ? await writePlan(loaded, planned.assignments, { kind, dryRun, env, onDiff })
    : undefined;
  const probe = reportProbe(planned);
  return {
    command: 'plan',
    assignments: planned.assignments,
    unplanned: planned.unplanned,
    conflicts: planned.conflicts,
    write: written?.write,
    sources: [...host.snapshot.sources, ...probe.sources],
    notes: [
      ...targets.notes,
      ...notes,
      ...host.snapshot.notes,
      ...probe.notes,
      ...planned.notes,
      ...(written?.notes ?? []),
      ...(kind !== undefined && !isWritten
        ? ['no file was written: not every publish has a port']
        : []),
    ],
  };
}

/** Loads the selected project. @throws PortplanError `invalid-usage` for several projects */
function loadOne(
  { paths }: ParsedTargets,
  options: PlanCommandOptions,
): { readonly loaded: LoadedProject; readonly notes: readonly string[] } {
  const { projects, notes } = loadProjects({ ...options, paths });
  const [loaded, second] = projects;
  if (loaded === undefined) throw nothingToPlan();
  if (second !== undefined) {
    throw new PortplanError('invalid-usage', 'cannot plan several Compose projects at once', {
      hint: `portplan plan ${paths[0]}; with --lease, the next plan avoids its ports`,
    });
  }
  return { loaded, notes };
}
