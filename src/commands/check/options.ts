import type { SourceName } from '../../model/host/snapshot.ts';
import type { ScanOptions } from '../../scanner/scan.ts';
import type { ComposeFlags } from '../../workflows/inputs/load-projects.ts';
import type { TargetRequest } from '../../workflows/inputs/targets.ts';

export interface CheckOptions
  extends TargetRequest,
    ComposeFlags,
    Pick<ScanOptions, 'host' | 'context' | 'timeoutMs' | 'onProgress'> {
  /** Sources without which the answer is "unknown". */
  readonly require?: readonly SourceName[] | undefined;
  /** Files only: neither engine nor processes are asked. */
  readonly static?: boolean | undefined;
  /** Refuse what Compose would refuse, and be unsure about ports that depend on unset variables. */
  readonly strict?: boolean | undefined;
  /** All projects are to be up at the same time. */
  readonly together?: boolean | undefined;
  /** Also tell which ports are open on every address. */
  readonly exposed?: boolean | undefined;
}
