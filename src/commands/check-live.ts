import type { ComposeProject } from '../compose/project.ts';
import type { Publish } from '../model/publish.ts';
import type { CheckReport } from '../model/report.ts';
import { confirmFree, type Look } from '../planner/confirm.ts';
import { findClashes } from '../planner/find-clashes.ts';
import { findHostConflicts, heldOn } from '../planner/find-conflicts.ts';
import { planConfirmed } from '../planner/plan-confirmed.ts';
import { createLook } from '../scanner/look.ts';
import { type ScannedHost, scan } from '../scanner/scan.ts';
import { withAllowance } from './allowed-finding.ts';
import type { CheckOptions } from './check-options.ts';
import { findInProjects, projectsOf, toReport, unknownPorts } from './check-report.ts';
import { findHostFindings } from './host-findings.ts';
import { nameConflicts } from './name-conflicts.ts';
import { withOthersLeases } from './others-leases.ts';
import { findForeignProjects, ownContainers } from './own-containers.ts';
import type { LoadedProjects } from './projects.ts';
import { reportProbe, requireSources } from './sources.ts';
import { suggestPorts } from './suggest-ports.ts';
import { fixedPorts, publishesOfImage, type ReadWish } from './wishes.ts';

/** A check, and what it is about. */
export interface LiveCheck {
  readonly wish: ReadWish;
  readonly options: CheckOptions;
  /** Whether nothing was asked for but the state of the host. */
  readonly everything: boolean;
  /** The projects that are meant; called once, while the engine is waited for. */
  readonly load: () => Promise<LoadedProjects | undefined>;
}

/** Checks against the engine and the sockets of this host. @throws PortplanError as `check` */
export async function checkLive({
  wish,
  options,
  everything,
  load,
}: LiveCheck): Promise<CheckReport> {
  let loaded: LoadedProjects | undefined;
  const host = await scan({
    ...options,
    stopped: everything,
    meanwhile: async () => {
      loaded = await load();
    },
    ports: () => fixedPorts([...wish.ports, ...wish.publishes, ...publishesOf(projectsOf(loaded))]),
  });
  try {
    return await (everything ? checkHost(host, options) : checkWish(wish, loaded, host, options));
  } finally {
    host.engine?.client.close();
  }
}

function publishesOf(projects: readonly ComposeProject[]): readonly Publish[] {
  return projects.flatMap(({ services }) => services.flatMap(({ publishes }) => publishes));
}

async function checkWish(
  wish: ReadWish,
  loaded: LoadedProjects | undefined,
  host: ScannedHost,
  options: CheckOptions,
): Promise<CheckReport> {
  const look = createLook(host);
  const projects = projectsOf(loaded);
  const inProjects = findInProjects(projects, options, host.state.rules);
  const images = await planImages(wish.images, host, look);
  const together = [...wish.publishes, ...images];
  const publishes = [...wish.ports, ...together, ...inProjects.publishes];
  const isOwn = ownContainers(projects);
  const confirmed = look && (await confirmFree(publishes, host.state, look, isOwn));
  const state = confirmed?.host ?? host.state;
  const leased = await withOthersLeases(state, projects);
  const onHost = [
    ...findHostConflicts(publishes, leased.state, isOwn),
    ...(confirmed?.conflicts ?? []),
    ...findForeignProjects(projects, host.containers),
  ];
  const named = await nameConflicts(
    [...findClashes(together, state.rules, heldOn(state)), ...onHost],
    host,
  );
  const allowed = named.map((conflict) => withAllowance(conflict, projects));
  const probe = reportProbe(confirmed ?? { denied: [], untried: [] });
  return toReport({
    projects,
    publishes,
    conflicts: await suggestPorts([...inProjects.conflicts, ...allowed], state, look),
    sources: [
      ...requireSources([...host.snapshot.sources, ...probe.sources], options.require),
      ...unknownPorts(projects, options),
    ],
    notes: [
      ...wish.notes,
      ...(loaded?.notes ?? []),
      ...host.snapshot.notes,
      ...probe.notes,
      ...leased.notes,
    ],
  });
}

/** Images stand for the mapping that would be planned for them. */
async function planImages(
  images: readonly string[],
  host: ScannedHost,
  look: Look | undefined,
): Promise<readonly Publish[]> {
  const exposed = await Promise.all(images.map((image) => publishesOfImage(image, host.engine)));
  const { plan } = await planConfirmed(exposed.flat(), host.state, {}, look);
  return plan.assignments.map(({ publish, port }) => ({
    ...publish,
    hostPorts: { first: port, last: port },
  }));
}

async function checkHost(host: ScannedHost, options: CheckOptions): Promise<CheckReport> {
  return toReport({
    projects: [],
    publishes: [],
    conflicts: await findHostFindings(host, options.onProgress),
    sources: requireSources(host.snapshot.sources, options.require),
    notes: host.snapshot.notes,
  });
}
