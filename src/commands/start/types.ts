import type { ContainerInspect } from '../../engine/client/api-types.ts';
import type { PublishHost } from '../../engine/connect/publish-host.ts';
import type { Engine } from '../../engine/open-engine.ts';
import type { Conflict } from '../../model/findings/conflict.ts';
import type { StartedItem } from '../../model/findings/report.ts';
import type { Source } from '../../model/host/snapshot.ts';
import type { PlanOptions } from '../../planner/options.ts';
import type { ContainerPublish } from '../../runner/container-publishes.ts';
import type { ScanOptions, ScanResult } from '../../scanner/scan.ts';

/** Callbacks while containers start. */
export interface StartListener {
  /** Receives one line for each slow step and each change of plan. */
  readonly onStep?: ((text: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** One container to start. */
export interface StartContainerRequest
  extends StartListener,
    Pick<ScanOptions, 'host' | 'context' | 'timeoutMs'> {
  readonly engine: Engine;
  readonly container: ContainerInspect;
  /** Publishes of its configuration. */
  readonly published: readonly ContainerPublish[];
  readonly publishHost: PublishHost;
  readonly planning: PlanOptions;
  /** Whether to recreate the container on free ports when its own are taken. */
  readonly remap?: boolean | undefined;
}

/** Conflicts of a container's ports, and the scan that showed them. */
export interface PortCheck {
  readonly scanned: ScanResult;
  readonly conflicts: readonly Conflict[];
}

/** Result of one start, and what was seen on the way. */
export interface StartOutcome {
  readonly item: StartedItem;
  readonly sources: readonly Source[];
  readonly notes: readonly string[];
}
