import type { ComposeProject, ComposePublish } from '../../compose/project.ts';
import { PortplanError } from '../../errors.ts';
import { type Conflict, publishOf } from '../../model/findings/conflict.ts';
import type { Assignment } from '../../model/findings/plan.ts';
import type { Publish } from '../../model/ports/publish.ts';
import type { PublishPolicy } from '../../planner/options.ts';
import { type StatefulKind, statefulKindOf } from '../../planner/stateful-services.ts';
import { type OnConflict, type PortSettings, portSettingsOf } from './x-portplan.ts';

/** The conflict policy of a publish, and its source. */
export interface Policy {
  readonly service: string;
  readonly kind: StatefulKind | undefined;
  readonly onConflict: OnConflict;
  readonly settings: PortSettings;
  readonly publish: ComposePublish;
}

/** Finds the policy of a publish. */
export type Policies = (publish: Publish) => Policy | undefined;

/**
 * Returns the policies of a project: from the command line, else from the file, else from the kind of the service.
 * @throws PortplanError `invalid-input` for an invalid `x-portplan`
 */
export function readPolicies(
  project: ComposeProject,
  onConflict: OnConflict | undefined,
): Policies {
  const policies = new Map<string, Policy>();
  for (const service of project.services.filter(({ enabled }) => enabled)) {
    const settings = portSettingsOf(service, project);
    for (const publish of service.publishes) {
      const kind = statefulKindOf(publish, service.image);
      policies.set(policyLocation(publish), {
        ...{ service: service.name, kind, settings, publish },
        onConflict: onConflict ?? settings.onConflict ?? (kind === undefined ? 'next' : 'ask'),
      });
    }
  }
  return (publish) => policies.get(policyLocation(publish));
}

/** A publish with a replaced address is still the same entry of its file. */
function policyLocation({ origin, target, protocol, hostPorts }: Publish): string {
  const service = origin.kind === 'compose' ? [origin.service, origin.location] : [];
  return JSON.stringify([service, target, protocol, hostPorts]);
}

/** Returns the policy for the planner. `answer` replaces `ask`, once the question is answered or cannot be asked. */
export function toPublishPolicy(
  policy: Policy | undefined,
  answer: 'next' | 'leased',
): PublishPolicy {
  if (policy === undefined) return {};
  const { onConflict, settings, publish } = policy;
  return {
    ...(settings.range !== undefined && { range: settings.range }),
    onConflict: onConflict === 'ask' ? answer : onConflict,
    hostPort: settings.hostPortOf(publish),
  };
}

/**
 * Asks about every move of a port whose policy is `ask`.
 * @throws PortplanError `no-free-port` when the user keeps a port that is taken
 */
export async function confirmMoves(
  assignments: readonly Assignment[],
  policies: Policies,
  confirm: (question: string) => Promise<boolean>,
): Promise<void> {
  for (const { publish, port, choice, reason } of assignments) {
    const policy = policies(publish);
    if (choice !== 'moved' || policy?.onConflict !== 'ask') continue;
    const what = describeStateful(policy);
    if (await confirm(`${what}: ${reason}. Move it to ${port}?`)) continue;
    throw new PortplanError('no-free-port', `${what}: ${reason}`, {
      hint: 'no changes were made',
      location: policy.publish.origin.location,
    });
  }
}

/** Returns notes on services that could move but need a confirmation. */
export function statefulNotes(
  conflicts: readonly Conflict[],
  policies: Policies,
): readonly string[] {
  const blocked = conflicts.flatMap((conflict) => {
    const publish = publishOf(conflict);
    return (publish && policies(publish)) ?? [];
  });
  const unconfirmed = blocked.filter(({ onConflict }) => onConflict === 'ask');
  return [...new Set(unconfirmed.map(describeStateful))].map(
    (what) =>
      `${what}, so its port is not moved automatically; pass --on-conflict next or set x-portplan.on-conflict: next`,
  );
}

function describeStateful({ service, kind }: Pick<Policy, 'service' | 'kind'>): string {
  return kind === undefined ? `"${service}" asks first` : `"${service}" is a ${kind}`;
}
