import { PortplanError } from '../../errors.ts';
import { openLeaseStore } from '../../leases/store.ts';
import type { PlanReport } from '../../model/findings/report.ts';
import { identifyPortHolders } from '../../scanner/identify-holders.ts';
import { createProber } from '../../scanner/probe/prober.ts';
import { type ScanResult, scan } from '../../scanner/scan.ts';
import { identifyConflicts } from '../../workflows/findings/identify-conflicts.ts';
import { reportProbe } from '../../workflows/findings/sources.ts';
import { hasProject } from '../../workflows/inputs/has-project.ts';
import { toHostIp, toPlanOptions } from '../../workflows/inputs/plan-flags.ts';
import {
  fixedPorts,
  type ParsedTargets,
  parseTargets,
  publishesOfImage,
} from '../../workflows/inputs/targets.ts';
import { leaseOwnerOf, planWithLeases } from '../../workflows/plans/plan-with-leases.ts';
import type { PlanCommandOptions } from './options.ts';
import { nothingToPlan } from './options.ts';

/**
 * Plans a free host port for each publish: of ports, publishes and images, or of a Compose project (without targets, that
 * of the working directory). Changes leases and project files only on request.
 * @throws PortplanError for an invalid target, and for a file that cannot be written
 */
export async function plan(options: PlanCommandOptions): Promise<PlanReport> {
  const targets = parseTargets(options);
  if (!isProjectMeant(targets, options)) return await planRequest(targets, options);
  // Loaded on demand: the YAML parser is as large as everything else.
  const { planLoaded } = await import('./project.ts');
  return await planLoaded(targets, options);
}

/** @throws PortplanError `invalid-usage` when targets mix a project with ports, or there is none */
function isProjectMeant(
  { ports, publishes, images, paths }: ParsedTargets,
  options: PlanCommandOptions,
): boolean {
  const others = ports.length + publishes.length + images.length;
  const here = others + paths.length === 0 && hasProject(options, process.cwd(), process.env);
  if (paths.length === 0 && !here) {
    if (others === 0) throw nothingToPlan();
    if (options.write !== undefined) throw noProjectToWrite();
    return false;
  }
  if (others > 0) {
    throw new PortplanError(
      'invalid-usage',
      'a Compose project cannot be planned together with ports or images',
      {
        hint: `portplan plan ${paths[0] ?? '.'}, and a second command for the rest`,
      },
    );
  }
  return true;
}

function noProjectToWrite(): PortplanError {
  return new PortplanError('invalid-usage', '--write requires a Compose project', {
    hint: 'portplan plan --write override, in the folder of a Compose file',
  });
}

async function planRequest(
  targets: ParsedTargets,
  options: PlanCommandOptions,
): Promise<PlanReport> {
  const planning = toPlanOptions(options);
  const hostIp = toHostIp(options.hostIp);
  const store = openLeaseStore({ env: options.env });
  const owner = leaseOwnerOf(options);
  await using host = await scan({ ...options, stopped: true });
  const publishes = await publishesOf(targets, host, hostIp);
  const { state } = await identifyPortHolders(host, fixedPorts(publishes));
  const { plan, denied, untried, notes } = await planWithLeases({
    publishes,
    host: state,
    planning,
    prober: createProber(host),
    store,
    owner,
    save: options.lease === true,
  });
  const probe = reportProbe({ denied, untried });
  return {
    command: 'plan',
    assignments: plan.assignments,
    unplanned: [],
    conflicts: await identifyConflicts(plan.conflicts, host),
    sources: [...host.snapshot.sources, ...probe.sources],
    notes: [
      ...targets.notes,
      ...host.snapshot.notes,
      ...probe.notes,
      ...notes,
      ...emptyImages(targets, publishes.length),
    ],
  };
}

async function publishesOf(targets: ParsedTargets, host: ScanResult, hostIp: string | undefined) {
  const exposed = await Promise.all(
    targets.images.map((image) => publishesOfImage(image, host.engine, hostIp)),
  );
  return [...targets.ports, ...targets.publishes, ...exposed.flat()];
}

function emptyImages({ images }: ParsedTargets, count: number): readonly string[] {
  return images.length > 0 && count === 0
    ? [`${images.join(', ')} exposes no ports; specify them with -p`]
    : [];
}
