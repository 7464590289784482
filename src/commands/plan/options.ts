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
  /** Save the ports as leases of the project. */
  readonly lease?: boolean | undefined;
  /** Write the plan of a Compose project to its files, and save the ports as leases. */
  readonly write?: WriteKind | undefined;
  /** With `write`: report the edits without making them. */
  readonly dryRun?: boolean | undefined;
  /** Called with the diff before a file is written. */
  readonly onDiff?: ((diff: string) => void) | undefined;
  /** Confirms a move of the port of a database, broker or cache; absent without a terminal. */
  readonly confirm?: ((question: string) => Promise<boolean>) | undefined;
}

/** Returns the error for a plan without ports, images or a Compose project. */
export function nothingToPlan(): PortplanError {
  return new PortplanError('invalid-usage', 'nothing to plan: no Compose file found', {
    hint: 'specify a Compose project, ports, publishes or an image: portplan plan ./shop, portplan plan 8080:80, portplan plan nginx:1.25',
  });
}
