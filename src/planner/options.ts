import type { Port, PortRange } from '../model/ports/port.ts';
import type { Publish } from '../model/ports/publish.ts';
import type { IsReplacedBy } from './host-conflicts.ts';

/** What may become of a port that was asked for by number. */
export interface PublishPolicy {
  /** Only ports of this range are chosen. */
  readonly range?: PortRange | undefined;
  /**
   * What happens when it cannot be had: `next` takes the next one; `fail` is the end of the plan; `leased` takes what
   * it was moved to before, and nothing else. Default `next`.
   */
  readonly onConflict?: 'next' | 'fail' | 'leased' | undefined;
  /** The port to have instead of it; the one asked for where none was. */
  readonly hostPort?: Port | undefined;
}

/** What is known of the ports that a publish has or had. */
export interface PublishHistory {
  /** The port that the user has chosen for it once and for all: it has this one, or none. */
  readonly pinned?: Port | undefined;
  /** The port that it keeps while its service runs there, even when the one asked for is free by now. */
  readonly current?: Port | undefined;
  /** The ports that it had before, or was planned for, best first. */
  readonly previous?: readonly PreviousPort[] | undefined;
}

export interface PreviousPort {
  readonly port: Port;
  readonly why: 'leased' | 'in use by itself';
}

/** What the user lets the planner do. */
export interface PlanOptions extends Omit<PublishPolicy, 'hostPort'> {
  /** Ports that are never chosen. */
  readonly avoid?: readonly PortRange[] | undefined;
  /** What holds for single publishes, above what holds for all. */
  readonly policyOf?: ((publish: Publish) => PublishPolicy | undefined) | undefined;
  /** Leases of others are bindings of the host. */
  readonly historyOf?: ((publish: Publish) => PublishHistory | undefined) | undefined;
  /** What gives way to a publish, because its own service made it. */
  readonly isReplacedBy?: IsReplacedBy | undefined;
}
