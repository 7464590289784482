import type { ComposeProject } from '../../compose/project.ts';
import type { CheckReport } from '../../model/findings/report.ts';
import type { Publish } from '../../model/ports/publish.ts';
import { findHostConflicts, heldOn } from '../../planner/host-conflicts.ts';
import { planConfirmed } from '../../planner/plan-and-probe.ts';
import { confirmFree, type Look } from '../../planner/probe-publishes.ts';
import { findClashes } from '../../planner/request-conflicts.ts';
import { createLook } from '../../scanner/probe/prober.ts';
import { type ScannedHost, scan } from '../../scanner/scan.ts';
import { findHostFindings } from '../../workflows/findings/host-findings.ts';
import { nameConflicts } from '../../workflows/findings/identify-conflicts.ts';
import { findForeignProjects, ownContainers } from '../../workflows/findings/own-containers.ts';
import { reportProbe, requireSources } from '../../workflows/findings/sources.ts';
import { suggestPorts } from '../../workflows/findings/suggest-ports.ts';
import { withAllowance } from '../../workflows/findings/suppressions.ts';
import type { LoadedProjects } from '../../workflows/inputs/load-projects.ts';
import { fixedPorts, publishesOfImage, type ReadWish } from '../../workflows/inputs/targets.ts';
import { withOthersLeases } from './lease-conflicts.ts';
import type { CheckOptions } from './options.ts';
import { findInProjects, projectsOf, toReport, unknownPorts } from './report.ts';

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
