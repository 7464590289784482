import type { WriteKind } from '../../compose/edit/edit.ts';
import { PortplanError } from '../../errors.ts';
import type { LeaseStoreOptions } from '../../leases/store.ts';
import type { ScanOptions } from '../../scanner/scan.ts';
import type { ComposeFlags } from '../../workflows/inputs/load-projects.ts';
import type { PlanningFlags } from '../../workflows/inputs/plan-flags.ts';
import type { TargetRequest } from '../../workflows/inputs/targets.ts';

export interface PlanCommandOptions
  extends TargetRequest,
    PlanningFlags,
    ComposeFlags,
    Pick<ScanOptions, 'host' | 'context' | 'timeoutMs'> {
  readonly env?: LeaseStoreOptions['env'];
  /** Remember the ports for the project. */
  readonly lease?: boolean | undefined;
  /** Put the plan of a compose project into its files; remembers the ports. */
  readonly write?: WriteKind | undefined;
  /** With `write`: show what would be done. */
  readonly dryRun?: boolean | undefined;
  /** Told of the diff before a file is written. */
  readonly onDiff?: ((diff: string) => void) | undefined;
  /** Asked before the port of a database, a broker or a cache moves; absent where nobody can answer. */
  readonly confirm?: ((question: string) => Promise<boolean>) | undefined;
}

/** Neither ports nor an image nor a compose project. */
export function nothingToPlan(): PortplanError {
  return new PortplanError('invalid-usage', 'nothing to plan: no compose file is here', {
    hint: 'name a compose project, ports, publishes or an image: portplan plan ./shop, portplan plan 8080:80, portplan plan nginx:1.25',
  });
}
