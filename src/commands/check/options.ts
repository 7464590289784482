import type { SourceName } from '../../model/host/snapshot.ts';
import type { ScanOptions } from '../../scanner/scan.ts';
import type { ComposeFlags } from '../../workflows/inputs/load-projects.ts';
import type { TargetRequest } from '../../workflows/inputs/targets.ts';

/** Options of `check`. */
export interface CheckOptions
  extends TargetRequest,
    ComposeFlags,
    Pick<ScanOptions, 'host' | 'context' | 'timeoutMs' | 'onProgress'> {
  /** Sources that must be read; otherwise the verdict is `unknown`. */
  readonly require?: readonly SourceName[] | undefined;
  /** Check files only, without engine or sockets. */
  readonly static?: boolean | undefined;
  /** Reject everything Compose rejects; the verdict is `unknown` if a port depends on an unset variable. */
  readonly strict?: boolean | undefined;
  /** Treat all projects as running at the same time. */
  readonly together?: boolean | undefined;
  /** Also report the ports that are open on every address. */
  readonly exposed?: boolean | undefined;
}
