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

/** A project to plan, its host, and how to resolve conflicts. */
export interface ProjectPlanRequest {
  readonly project: ComposeProject;
  readonly host: ScanResult;
  readonly planning: PlanOptions;
  /** Host address of every publish without one; each of these then gets a port. */
  readonly hostIp?: string | undefined;
  /** The command line flag, which overrides the file and the kind of the service. */
  readonly onConflict?: OnConflict | undefined;
  readonly store: LeaseStore;
  /** Whether to save the ports as leases. */
  readonly save: boolean;
  /** Confirms a move of the port of a database, broker or cache; absent without a terminal. */
  readonly confirm?: ((question: string) => Promise<boolean>) | undefined;
  /** Endpoints that were taken after the scan. */
  readonly unavailable?: readonly Endpoint[] | undefined;
}

/** The planned ports of a project. */
export interface PlannedProject {
  readonly project: ComposeProject;
  readonly assignments: readonly Assignment[];
  /** Publishes that need no plan, because the engine chooses their port. */
  readonly unplanned: readonly UnplannedPublish[];
  readonly conflicts: readonly Conflict[];
  readonly denied: readonly Endpoint[];
  readonly untried: readonly { readonly endpoint: Endpoint; readonly why: string }[];
  readonly notes: readonly string[];
}

/**
 * Plans a host port for each publish of a project: the requested one if it is free, else one that the policy of its
 * service permits. The project's own containers do not count as holders, because `up` replaces them.
 * @throws PortplanError `invalid-input` for an invalid policy, `no-free-port` when the user rejects a move,
 *   `leases-unavailable` with `save`
 */
export async function planProject(request: ProjectPlanRequest): Promise<PlannedProject> {
  const { project, host, confirm } = request;
  const isReplacedBy = replaceableContainers([project]);
  const findings = findProjectFindings([project], host.state.rules);
  const publishes = findings.publishes.map((publish) => withAddress(publish, request.hostIp));
  const { state } = await identifyPortHolders(host, fixedPorts(publishes));
  const hostState =
    request.unavailable === undefined ? state : withTaken(state, request.unavailable);
  const policies = readPolicies(project, request.onConflict);
  const exhausted = findExhaustedPools(project, publishes, hostState, isReplacedBy);
  const unsatisfiable = new Set<Publish>(exhausted.map(({ publish }) => publish));
  const movable = publishes.filter((publish) => !unsatisfiable.has(publish));
  const engineChosen = movable.flatMap((publish) =>
    request.hostIp !== undefined && publish.hostIp === request.hostIp
      ? []
      : keepEngineChosen(publish, hostState, isReplacedBy, policies),
  );
  const unplanned = new Set(engineChosen.map(({ publish }) => publish));
  const pools = engineChosen.flatMap(({ publish: { hostPorts } }) => hostPorts ?? []);
  const planned = {
    publishes,
    isPlanned: (publish: Publish) => !unplanned.has(publish) && !unsatisfiable.has(publish),
    host: hostState,
    prober: createProber(host),
    store: request.store,
    owner: projectOwner(project),
    services: project.services.map(({ name }) => name),
  };
  const optionsFor = (policyOf: (publish: Publish) => PublishPolicy): PlanOptions => ({
    ...request.planning,
    avoid: [...(request.planning.avoid ?? []), ...pools],
    policyOf,
    isReplacedBy,
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
  const unmovable = findings.conflicts.filter(isUnmovable);
  return {
    project,
    assignments: plan.assignments,
    unplanned: engineChosen.filter(
      ({ publish }) => !plan.assignments.some((one) => one.publish === publish),
    ),
    conflicts: [...(await identifyConflicts(plan.conflicts, host)), ...exhausted, ...unmovable],
    denied,
    untried,
    notes: [...notes, ...statefulNotes(plan.conflicts, policies)],
  };
}

function withAddress(publish: ComposePublish, hostIp: string | undefined): ComposePublish {
  if (hostIp === undefined || publish.hostIp !== '') return publish;
  return { ...publish, hostIp, address: toHostAddress(hostIp) };
}

/** One port cannot move out of the way of the other containers of its own service. */
function isUnmovable({ code, allowed, severity }: Conflict): boolean {
  return severity === 'error' && allowed === undefined && unmovableCodes.includes(code);
}

const unmovableCodes: readonly Conflict['code'][] = ['replicas-share-port', 'engine-refuses'];

/** Ports that the engine chooses need no plan, nor does a pool with a free port. */
function keepEngineChosen(
  publish: ComposePublish,
  host: HostState,
  isReplacedBy: IsReplacedBy,
  policies: Policies,
): readonly UnplannedPublish[] {
  switch (kindOf(publish)) {
    case 'engine-chosen':
      return policies(publish)?.settings.hostPortOf(publish) === undefined
        ? [{ publish, reason: 'the engine chooses a free port' }]
        : [];
    case 'pool':
      return findHostConflicts([publish], host, isReplacedBy).length === 0
        ? [{ publish, reason: 'the engine chooses a free port of the range' }]
        : [];
    case 'fixed':
      return [];
  }
}
