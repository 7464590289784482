import { PortplanError } from '../errors.ts';
import { type LeaseStoreOptions, openLeaseStore } from '../leases/store.ts';
import type { PlanReport } from '../model/report.ts';
import { describePorts } from '../scanner/describe-bindings.ts';
import { createLook } from '../scanner/look.ts';
import { type ScannedHost, type ScanOptions, scan } from '../scanner/scan.ts';
import { leaseOwnerOf, type ProjectFlags, planRemembered } from './leasing.ts';
import { nameConflicts } from './name-conflicts.ts';
import { type PlanningFlags, toHostIp, toPlanOptions } from './planning.ts';
import { reportProbe } from './sources.ts';
import { fixedPorts, publishesOfImage, type ReadWish, readWish, type Wish } from './wishes.ts';

export interface PlanCommandOptions
  extends Wish,
    PlanningFlags,
    ProjectFlags,
    Pick<LeaseStoreOptions, 'env'>,
    Pick<ScanOptions, 'host' | 'context' | 'timeoutMs'> {
  /** Remember the ports for the project of this folder. */
  readonly lease?: boolean | undefined;
}

/** A free host mapping for each publish. Changes nothing but, when asked, the leases. @throws PortplanError for a wish that cannot be read */
export async function plan(options: PlanCommandOptions): Promise<PlanReport> {
  const wish = readWish(options);
  if (wish.ports.length + wish.publishes.length + wish.images.length + wish.paths.length === 0) {
    throw new PortplanError('invalid-usage', 'nothing to plan', {
      hint: 'name ports, publishes or an image: portplan plan 8080:80, portplan plan nginx:1.25',
    });
  }
  const [path] = wish.paths;
  if (path !== undefined) {
    throw new PortplanError('invalid-usage', `${path}: compose projects are not planned yet`, {
      hint: 'portplan check reads them; name their ports here: portplan plan -p 8080:80',
    });
  }
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
