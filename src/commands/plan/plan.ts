import { PortplanError } from '../../errors.ts';
import { openLeaseStore } from '../../leases/store.ts';
import type { PlanReport } from '../../model/findings/report.ts';
import { describePorts } from '../../scanner/identify-holders.ts';
import { createLook } from '../../scanner/probe/prober.ts';
import { type ScannedHost, scan } from '../../scanner/scan.ts';
import { nameConflicts } from '../../workflows/findings/identify-conflicts.ts';
import { reportProbe } from '../../workflows/findings/sources.ts';
import { hasProject } from '../../workflows/inputs/has-project.ts';
import { toHostIp, toPlanOptions } from '../../workflows/inputs/plan-flags.ts';
import {
  fixedPorts,
  publishesOfImage,
  type ReadWish,
  readWish,
} from '../../workflows/inputs/targets.ts';
import { leaseOwnerOf, planRemembered } from '../../workflows/plans/plan-with-leases.ts';
import { nothingToPlan } from './nothing-to-plan.ts';
import type { PlanCommandOptions } from './options.ts';

/**
 * A free host mapping for each publish: of ports, publishes and images, or of a compose project (the one here when
 * nothing is named). Changes nothing but, when asked, the leases and the project's files.
 * @throws PortplanError for a wish that cannot be read, and for a file that cannot be written
 */
export async function plan(options: PlanCommandOptions): Promise<PlanReport> {
  const wish = readWish(options);
  if (!isProjectMeant(wish, options)) return await planWish(wish, options);
  // With it comes the reader of YAML, which is as much as all the rest.
  const { planLoaded } = await import('./project.ts');
  return await planLoaded(wish, options);
}

/** @throws PortplanError `invalid-usage` where it cannot be told */
function isProjectMeant(
  { ports, publishes, images, paths }: ReadWish,
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
    throw new PortplanError('invalid-usage', 'a compose project is planned alone', {
      hint: `portplan plan ${paths[0] ?? '.'} plans the project, and a second call the rest`,
    });
  }
  return true;
}

function noProjectToWrite(): PortplanError {
  return new PortplanError('invalid-usage', '--write is for compose projects', {
    hint: 'portplan plan --write override, in the folder of a compose file',
  });
}

async function planWish(wish: ReadWish, options: PlanCommandOptions): Promise<PlanReport> {
  const planning = toPlanOptions(options);
  const hostIp = toHostIp(options.hostIp);
  const store = openLeaseStore({ env: options.env });
  const owner = leaseOwnerOf(options);
  const host = await scan({ ...options, stopped: true });
  try {
    const publishes = await publishesOf(wish, host, hostIp);
    const { state } = await describePorts(host, fixedPorts(publishes));
    const { plan, denied, untried, notes } = await planRemembered({
      publishes,
      host: state,
      planning,
      look: createLook(host),
      store,
      owner,
      keep: options.lease === true,
    });
    const probe = reportProbe({ denied, untried });
    return {
      command: 'plan',
      assignments: plan.assignments,
      left: [],
      conflicts: await nameConflicts(plan.conflicts, host),
      sources: [...host.snapshot.sources, ...probe.sources],
      notes: [
        ...wish.notes,
        ...host.snapshot.notes,
        ...probe.notes,
        ...notes,
        ...emptyImages(wish, publishes.length),
      ],
    };
  } finally {
    host.engine?.client.close();
  }
}

async function publishesOf(wish: ReadWish, host: ScannedHost, hostIp: string | undefined) {
  const exposed = await Promise.all(
    wish.images.map((image) => publishesOfImage(image, host.engine, hostIp)),
  );
  return [...wish.ports, ...wish.publishes, ...exposed.flat()];
}

function emptyImages({ images }: ReadWish, count: number): readonly string[] {
  return images.length > 0 && count === 0
    ? [`${images.join(', ')} exposes no ports; name them with -p`]
    : [];
}
