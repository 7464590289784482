import type { Plan } from '../model/findings/plan.ts';
import type { Endpoint } from '../model/host/binding.ts';
import type { HostState } from '../model/host/host-state.ts';
import type { Publish } from '../model/ports/publish.ts';
import type { PlanOptions } from './options.ts';
import { planPorts } from './plan-ports.ts';
import { type Prober, type ProbeSummary, probePublishes } from './probe-publishes.ts';

/** A plan whose ports were bound a moment ago, and what that showed. */
export interface ProbedPlan extends Pick<ProbeSummary, 'denied' | 'untried'> {
  readonly plan: Plan;
  readonly host: HostState;
}

/** How often a plan is made anew because its ports turn out to be taken. */
const maxRounds = 12;

/**
 * Plans, binds what was planned, and plans again without what could not be bound, until all of it could. Without a
 * look (an engine elsewhere) the plan is the snapshot's alone.
 */
export async function planAndProbe(
  publishes: readonly Publish[],
  start: HostState,
  options: PlanOptions,
  look: Prober | undefined,
): Promise<ProbedPlan> {
  let host = start;
  let plan = planPorts(publishes, host, options);
  let denied: readonly Endpoint[] = [];
  let untried: ProbeSummary['untried'] = [];
  for (let round = 0; look !== undefined && round < maxRounds; round += 1) {
    const confirmation = await probePublishes(
      plan.assignments.map(toFixed),
      host,
      look,
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

/** The publish of an assignment as a fixed one. */
function toFixed({ publish, address, port }: Plan['assignments'][number]): Publish {
  return { ...publish, address, hostPorts: { first: port, last: port } };
}

function samePorts(one: Plan, other: Plan): boolean {
  const portsOf = ({ assignments }: Plan) => assignments.map(({ port }) => port).join();
  return portsOf(one) === portsOf(other);
}

/** A conflict of a planned, fixed publish, told of the publish that was asked for. */
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
