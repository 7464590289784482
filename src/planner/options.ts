import type { Port, PortRange } from '../model/ports/port.ts';
import type { Publish } from '../model/ports/publish.ts';
import type { IsReplacedBy } from './host-conflicts.ts';

/** How the planner treats a port that was requested by number. */
export interface PublishPolicy {
  /** The planner chooses only ports of this range. */
  readonly range?: PortRange | undefined;
  /**
   * What happens when the port is not available: `next` takes the next free port; `fail` reports a conflict; `leased`
   * takes only a port that the publish had before. Default `next`.
   */
  readonly onConflict?: 'next' | 'fail' | 'leased' | undefined;
  /** The port to use if the requested one is taken, or if the publish requests none. */
  readonly hostPort?: Port | undefined;
}

/** The ports that a publish has or had. */
export interface PublishHistory {
  /** The port that the user pinned: the publish gets this port or a conflict. */
  readonly pinned?: Port | undefined;
  /** The port that its running service has now. The publish keeps it even if the requested port is free again. */
  readonly current?: Port | undefined;
  /** The ports that the publish had or was planned for before, best first. */
  readonly previous?: readonly PreviousPort[] | undefined;
}

/** A port that a publish had before, and where that is known from. */
export interface PreviousPort {
  readonly port: Port;
  readonly why: 'leased' | 'in use by itself';
}

/** What the planner may do. */
export interface PlanOptions extends Omit<PublishPolicy, 'hostPort'> {
  /** Ports that the planner never chooses. */
  readonly avoid?: readonly PortRange[] | undefined;
  /** Returns the policy of one publish, which overrides the policy of all. */
  readonly policyOf?: ((publish: Publish) => PublishPolicy | undefined) | undefined;
  /** Returns the ports of one publish. Leases of other projects are not here: they are bindings of the host. */
  readonly historyOf?: ((publish: Publish) => PublishHistory | undefined) | undefined;
  /** Returns whether a publish replaces a binding, because its own service created the binding. */
  readonly isReplacedBy?: IsReplacedBy | undefined;
}
