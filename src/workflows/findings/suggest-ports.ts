import { openLeaseStore } from '../../leases/store.ts';
import {
  type Conflict,
  isFailure,
  publishOf,
  type Suggestion,
} from '../../model/findings/conflict.ts';
import { type HostState, withTaken } from '../../model/host/host-state.ts';
import { kindOf, type Publish } from '../../model/ports/publish.ts';
import { planAndProbe } from '../../planner/plan-and-probe.ts';
import type { Prober } from '../../planner/probe-publishes.ts';
import { readLeasesOrWarn, withLeaseBindings } from '../plans/plan-with-leases.ts';

/** Returns the conflicts with a free port suggested for each publish whose port is taken. */
export async function suggestPorts(
  conflicts: readonly Conflict[],
  state: HostState,
  prober: Prober | undefined,
): Promise<readonly Conflict[]> {
  const failed = new Set(
    conflicts.filter(isFailure).flatMap((conflict) => publishOf(conflict) ?? []),
  );
  const endpoints = await findFreeEndpoints([...failed], state, prober);
  return conflicts.map((conflict) => {
    const publish = publishOf(conflict);
    const endpoint = publish && endpoints.get(publish);
    return endpoint === undefined ? conflict : { ...conflict, suggestion: endpoint };
  });
}

/** Returns a free endpoint for each publish with a host port; never a port that another publish requests. */
export async function findFreeEndpoints(
  publishes: readonly Publish[],
  state: HostState,
  prober: Prober | undefined,
): Promise<ReadonlyMap<Publish, Suggestion>> {
  const movable = publishes.filter(
    (publish) => publish.hostPorts !== undefined && kindOf(publish) !== 'engine-chosen',
  );
  if (movable.length === 0) return new Map();
  const candidates = movable.map((publish) => ({ ...publish, hostPorts: undefined }));
  const { leases } = await readLeasesOrWarn(openLeaseStore());
  const blocked = withLeaseBindings(blockPorts(movable, state), leases);
  const { plan } = await planAndProbe(candidates, blocked, {}, prober);
  return new Map(
    movable.flatMap((publish, index) => {
      const found = plan.assignments.find((one) => one.publish === candidates[index]);
      return found === undefined
        ? []
        : [[publish, { address: found.address, port: found.port }] as const];
    }),
  );
}

/** A requested port that is taken is never suggested to another publish. */
function blockPorts(publishes: readonly Publish[], state: HostState): HostState {
  const requestedEndpoints = publishes.flatMap(({ address, hostPorts, protocol }) =>
    hostPorts === undefined ? [] : [{ address, port: hostPorts.first, protocol }],
  );
  return withTaken(state, requestedEndpoints);
}
