import type { Plan } from '../model/findings/plan.ts';
import type { Endpoint } from '../model/host/binding.ts';
import type { HostState } from '../model/host/host-state.ts';
import { singlePort } from '../model/ports/port.ts';
import type { Publish } from '../model/ports/publish.ts';
import type { PlanOptions } from './options.ts';
import { planPorts } from './plan-ports.ts';
import { type Prober, type ProbeSummary, probePublishes } from './probe-publishes.ts';

/** A plan with ports that were just bound successfully, and the result of the probe. */
export interface ProbedPlan extends Pick<ProbeSummary, 'denied' | 'untried'> {
  readonly plan: Plan;
  readonly host: HostState;
}

/** Maximum number of plans. */
const maxRounds = 12;

/**
 * Probes ports before a start, so it is no part of the retry loop for lost ports (runner/retry-on-lost-port.ts): binds
 * the planned ports and plans again without those that fail, until all succeed. Without a prober (an engine on another
 * host) returns the plan of the snapshot.
 */
export async function planAndProbe(
  publishes: readonly Publish[],
  start: HostState,
  options: PlanOptions,
  prober: Prober | undefined,
): Promise<ProbedPlan> {
  let host = start;
  let plan = planPorts(publishes, host, options);
  let denied: readonly Endpoint[] = [];
  let untried: ProbeSummary['untried'] = [];
  for (let round = 0; prober !== undefined && round < maxRounds; round += 1) {
    const confirmation = await probePublishes(
      plan.assignments.map(toFixed),
      host,
      prober,
      options.isReplacedBy,
    );
    ({ denied, untried } = confirmation);
    const changed = confirmation.host.bindings.length > host.bindings.length;
    host = confirmation.host;
    const next = planPorts(publishes, host, options);
    if (!changed && samePorts(plan, next)) {
      const missing = confirmation.conflicts.map((conflict) =>
        originalOf(conflict, plan, publishes),
      );
      return {
        plan: { ...next, conflicts: [...next.conflicts, ...missing] },
        host,
        denied,
        untried,
      };
    }
    plan = next;
  }
  return { plan, host, denied, untried };
}

/** Returns the publish of an assignment with its planned port. */
function toFixed({ publish, address, port }: Plan['assignments'][number]): Publish {
  return { ...publish, address, hostPorts: singlePort(port) };
}

function samePorts(one: Plan, other: Plan): boolean {
  const portsOf = ({ assignments }: Plan) => assignments.map(({ port }) => port).join();
  return portsOf(one) === portsOf(other);
}

/** Returns a conflict of a planned publish as a conflict of the requested publish. */
function originalOf(
  conflict: ProbeSummary['conflicts'][number],
  plan: Plan,
  publishes: readonly Publish[],
): ProbeSummary['conflicts'][number] {
  if (!('publish' in conflict)) return conflict;
  const { publish: fixed } = conflict;
  const assignment = plan.assignments.find(
    ({ publish, port }) =>
      publish.origin === fixed.origin &&
      port === fixed.hostPorts?.first &&
      publish.target === fixed.target,
  );
  const publish = publishes.find((candidate) => candidate === assignment?.publish);
  return publish === undefined ? conflict : { ...conflict, publish };
}
