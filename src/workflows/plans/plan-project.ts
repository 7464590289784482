import type { ComposeProject, ComposePublish } from '../../compose/project.ts';
import type { LeaseStore } from '../../leases/store.ts';
import type { Conflict } from '../../model/findings/conflict.ts';
import type { Assignment } from '../../model/findings/plan.ts';
import type { UnplannedPublish } from '../../model/findings/report.ts';
import type { Endpoint } from '../../model/host/binding.ts';
import { type HostState, withTaken } from '../../model/host/host-state.ts';
import { toHostAddress } from '../../model/ports/address.ts';
import { kindOf, type Publish } from '../../model/ports/publish.ts';
import { findHostConflicts, type IsReplacedBy } from '../../planner/host-conflicts.ts';
import type { PlanOptions, PublishPolicy } from '../../planner/options.ts';
import { identifyPortHolders } from '../../scanner/identify-holders.ts';
import { createProber } from '../../scanner/probe/prober.ts';
import type { ScanResult } from '../../scanner/scan.ts';
import { identifyConflicts } from '../findings/identify-conflicts.ts';
import { replaceableContainers } from '../findings/own-containers.ts';
import { findProjectFindings } from '../findings/project-findings.ts';
import { fixedPorts } from '../inputs/targets.ts';
import {
  confirmMoves,
  type Policies,
  readPolicies,
  statefulNotes,
  toPublishPolicy,
} from './conflict-policies.ts';
import { findExhaustedPools } from './exhausted-pools.ts';
import { planWithLeases, projectOwner } from './plan-with-leases.ts';
import type { OnConflict } from './x-portplan.ts';

/** What is planned for a project, on which host, and what may be done about conflicts. */
export interface ProjectPlanRequest {
  readonly project: ComposeProject;
  readonly host: ScanResult;
  readonly planning: PlanOptions;
  /** The host address of every publish that names none in its file; each of them gets a port then. */
  readonly hostIp?: string | undefined;
  /** What was asked for on the command line, above what the file and the kind of a service say. */
  readonly onConflict?: OnConflict | undefined;
  readonly store: LeaseStore;
  /** Whether the ports are remembered from now on. */
  readonly save: boolean;
  /** Asked before the port of a database, a broker or a cache moves; absent where nobody can answer. */
  readonly confirm?: ((question: string) => Promise<boolean>) | undefined;
  /** What was lost since the scan. */
  readonly unavailable?: readonly Endpoint[] | undefined;
}

/** The ports of a project. */
export interface PlannedProject {
  readonly project: ComposeProject;
  readonly assignments: readonly Assignment[];
  /** What needs no plan: the engine finds a port for it. */
  readonly unplanned: readonly UnplannedPublish[];
  readonly conflicts: readonly Conflict[];
  readonly denied: readonly Endpoint[];
  readonly untried: readonly { readonly endpoint: Endpoint; readonly why: string }[];
  readonly notes: readonly string[];
}

/**
 * A host port for each publish that a project would make: the one of its file where that can be had, and else what the
 * policy of its service lets it have. The project's own containers hold nothing against it.
 * @throws PortplanError `invalid-input` for a policy that cannot be read, `no-free-port` when somebody says no,
 *   `leases-unavailable` with `keep`
 */
export async function planProject(request: ProjectPlanRequest): Promise<PlannedProject> {
  const { project, host, confirm } = request;
  const isOwn = replaceableContainers([project]);
  const wanted = findProjectFindings([project], host.state.rules);
  const publishes = wanted.publishes.map((publish) => withAddress(publish, request.hostIp));
  const { state } = await identifyPortHolders(host, fixedPorts(publishes));
  const lost = request.unavailable === undefined ? state : withTaken(state, request.unavailable);
  const policies = readPolicies(project, request.onConflict);
  const scarce = findExhaustedPools(project, publishes, lost, isOwn);
  const stuck = new Set<Publish>(scarce.map(({ publish }) => publish));
  const movable = publishes.filter((publish) => !stuck.has(publish));
  const left = movable.flatMap((publish) =>
    request.hostIp !== undefined && publish.hostIp === request.hostIp
      ? []
      : keepEngineChosen(publish, lost, isOwn, policies),
  );
  const open = new Set(left.map(({ publish }) => publish));
  const pools = left.flatMap(({ publish: { hostPorts } }) => hostPorts ?? []);
  const planned = {
    publishes,
    isPlanned: (publish: Publish) => !open.has(publish) && !stuck.has(publish),
    host: lost,
    prober: createProber(host),
    store: request.store,
    owner: projectOwner(project),
    services: project.services.map(({ name }) => name),
  };
  const optionsFor = (policyOf: (publish: Publish) => PublishPolicy): PlanOptions => ({
    ...request.planning,
    avoid: [...(request.planning.avoid ?? []), ...pools],
    policyOf,
    isReplacedBy: isOwn,
  });
  if (confirm !== undefined) {
    const planning = optionsFor((publish) => toPublishPolicy(policies(publish), 'next'));
    const trial = await planWithLeases({ ...planned, planning, save: false });
    await confirmMoves(trial.plan.assignments, policies, confirm);
  }
  const planning = optionsFor((publish) => {
    return toPublishPolicy(policies(publish), confirm === undefined ? 'leased' : 'next');
  });
  const { plan, denied, untried, notes } = await planWithLeases({
    ...planned,
    planning,
    save: request.save,
  });
  const shared = wanted.conflicts.filter(isUnmovable);
  return {
    project,
    assignments: plan.assignments,
    unplanned: left.filter(
      ({ publish }) => !plan.assignments.some((one) => one.publish === publish),
    ),
    conflicts: [...(await identifyConflicts(plan.conflicts, host)), ...scarce, ...shared],
    denied,
    untried,
    notes: [...notes, ...statefulNotes(plan.conflicts, policies)],
  };
}

function withAddress(publish: ComposePublish, hostIp: string | undefined): ComposePublish {
  if (hostIp === undefined || publish.hostIp !== '') return publish;
  return { ...publish, hostIp, address: toHostAddress(hostIp) };
}

/** A single port cannot be moved out of the way of its own service's other containers. */
function isUnmovable({ code, allowed, severity }: Conflict): boolean {
  return severity === 'error' && allowed === undefined && unmovable.includes(code);
}

const unmovable: readonly Conflict['code'][] = ['replicas-share-port', 'engine-refuses'];

/** A port that the engine chooses is free by itself, and so is a pool that has one left. */
function keepEngineChosen(
  publish: ComposePublish,
  host: HostState,
  isOwn: IsReplacedBy,
  policies: Policies,
): readonly UnplannedPublish[] {
  switch (kindOf(publish)) {
    case 'engine-chosen':
      return policies(publish)?.settings.hostPortOf(publish) === undefined
        ? [{ publish, reason: 'the engine chooses a free one' }]
        : [];
    case 'pool':
      return findHostConflicts([publish], host, isOwn).length === 0
        ? [{ publish, reason: 'the engine takes a free one of the range' }]
        : [];
    case 'fixed':
      return [];
  }
}
