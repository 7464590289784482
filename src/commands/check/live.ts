import type { ComposeProject } from '../../compose/project.ts';
import type { CheckReport } from '../../model/findings/report.ts';
import { singlePort } from '../../model/ports/port.ts';
import type { Publish } from '../../model/ports/publish.ts';
import { findHostConflicts, heldOn } from '../../planner/host-conflicts.ts';
import { planAndProbe } from '../../planner/plan-and-probe.ts';
import { type Prober, probePublishes } from '../../planner/probe-publishes.ts';
import { findRequestConflicts } from '../../planner/request-conflicts.ts';
import { createProber } from '../../scanner/probe/prober.ts';
import { type ScanResult, scan } from '../../scanner/scan.ts';
import { findHostFindings } from '../../workflows/findings/host-findings.ts';
import { identifyConflicts } from '../../workflows/findings/identify-conflicts.ts';
import {
  findOtherProjects,
  replaceableContainers,
} from '../../workflows/findings/own-containers.ts';
import { reportProbe, requireSources } from '../../workflows/findings/sources.ts';
import { suggestPorts } from '../../workflows/findings/suggest-ports.ts';
import { applySuppressions } from '../../workflows/findings/suppressions.ts';
import type { LoadedProjects } from '../../workflows/inputs/load-projects.ts';
import {
  fixedPorts,
  type ParsedTargets,
  publishesOfImage,
} from '../../workflows/inputs/targets.ts';
import { withLeasesOfOthers } from './lease-conflicts.ts';
import type { CheckOptions } from './options.ts';
import { findInProjects, projectsOf, toReport, unknownPorts } from './report.ts';

/** The targets of a check, its options, and how to load projects. */
export interface LiveCheck {
  readonly request: ParsedTargets;
  readonly options: CheckOptions;
  /** Whether to check only the state of the host. */
  readonly hostOnly: boolean;
  /** Loads the projects; called once, while the engine responds. */
  readonly load: () => Promise<LoadedProjects | undefined>;
}

/** Checks against the engine and the sockets of this host. @throws PortplanError as `check` */
export async function checkLive({
  request,
  options,
  hostOnly,
  load,
}: LiveCheck): Promise<CheckReport> {
  let loaded: LoadedProjects | undefined;
  await using host = await scan({
    ...options,
    stopped: hostOnly,
    whileWaiting: async () => {
      loaded = await load();
    },
    ports: () =>
      fixedPorts([...request.ports, ...request.publishes, ...publishesOf(projectsOf(loaded))]),
  });
  return await (hostOnly ? checkHost(host, options) : checkRequest(request, loaded, host, options));
}

function publishesOf(projects: readonly ComposeProject[]): readonly Publish[] {
  return projects.flatMap(({ services }) => services.flatMap(({ publishes }) => publishes));
}

async function checkRequest(
  request: ParsedTargets,
  loaded: LoadedProjects | undefined,
  host: ScanResult,
  options: CheckOptions,
): Promise<CheckReport> {
  const prober = createProber(host);
  const projects = projectsOf(loaded);
  const inProjects = findInProjects(projects, options, host.state.rules);
  const images = await planImages(request.images, host, prober);
  const ofContainer = [...request.publishes, ...images];
  const publishes = [...request.ports, ...ofContainer, ...inProjects.publishes];
  const isReplacedBy = replaceableContainers(projects);
  const probed = prober && (await probePublishes(publishes, host.state, prober, isReplacedBy));
  const state = probed?.host ?? host.state;
  const leased = await withLeasesOfOthers(state, projects);
  const onHost = [
    ...findHostConflicts(publishes, leased.state, isReplacedBy),
    ...(probed?.conflicts ?? []),
    ...findOtherProjects(projects, host.containers),
  ];
  const identified = await identifyConflicts(
    [...findRequestConflicts(ofContainer, state.rules, heldOn(state)), ...onHost],
    host,
  );
  const allowed = identified.map((conflict) => applySuppressions(conflict, projects));
  const probe = reportProbe(probed ?? { denied: [], untried: [] });
  return toReport({
    projects,
    publishes,
    conflicts: await suggestPorts([...inProjects.conflicts, ...allowed], state, prober),
    sources: [
      ...requireSources([...host.snapshot.sources, ...probe.sources], options.require),
      ...unknownPorts(projects, options),
    ],
    notes: [
      ...request.notes,
      ...(loaded?.notes ?? []),
      ...host.snapshot.notes,
      ...probe.notes,
      ...leased.notes,
    ],
  });
}

/** Returns the mappings that would be planned for images. */
async function planImages(
  images: readonly string[],
  host: ScanResult,
  prober: Prober | undefined,
): Promise<readonly Publish[]> {
  const exposed = await Promise.all(images.map((image) => publishesOfImage(image, host.engine)));
  const { plan } = await planAndProbe(exposed.flat(), host.state, {}, prober);
  return plan.assignments.map(({ publish, port }) => ({
    ...publish,
    hostPorts: singlePort(port),
  }));
}

async function checkHost(host: ScanResult, options: CheckOptions): Promise<CheckReport> {
  return toReport({
    projects: [],
    publishes: [],
    conflicts: await findHostFindings(host, options.onProgress),
    sources: requireSources(host.snapshot.sources, options.require),
    notes: [...host.snapshot.notes, ...(await projectsBelowNote())],
  });
}

/** In a folder above projects, a check of the host is probably not what was meant. */
async function projectsBelowNote(): Promise<readonly string[]> {
  const { describeProjectsBelow } = await import('../../workflows/inputs/projects-below.ts');
  const text = describeProjectsBelow(process.cwd(), 'portplan check');
  return text === undefined ? [] : [`no Compose project here; ${text}`];
}
