import type { Remedy, Suggestion } from '../model/findings/conflict.ts';
import type { ErrorStatus } from '../model/findings/explanation.ts';
import type { Binding } from '../model/host/binding.ts';
import type { EngineKind } from '../model/host/engine-traits.ts';
import type { PortRange } from '../model/ports/port.ts';

/** What was found out about the port of an error, and about the host that it is looked for on. */
export interface ErrorFacts {
  readonly status: ErrorStatus;
  readonly holders: readonly Binding[];
  /** What frees the port, from each holder. */
  readonly freeing: readonly Remedy[];
  readonly suggestion?: Suggestion | undefined;
  /** The container that could not be started and is still there. */
  readonly leftover?: Leftover | undefined;
  readonly host: ExplainHost;
}

export interface Leftover {
  readonly name: string;
  /** Whether it ran before: then it may hold what nobody wants to lose. */
  readonly ranBefore: boolean;
  /** The compose project and service that use it again. */
  readonly project?: string | undefined;
  readonly service?: string | undefined;
}

/** The host, as far as explanations depend on it. */
export interface ExplainHost {
  /** As `process.platform` has it. */
  readonly platform: string;
  /** Whether this Linux is one inside Windows. */
  readonly wsl: boolean;
  readonly ephemeral?: PortRange | undefined;
  readonly engine?: ExplainEngine | undefined;
}

/** The engine that answered. */
export interface ExplainEngine {
  readonly kind: EngineKind;
  /** What to type to reach it. */
  readonly command: string;
  /** The name of the virtual machine that it lives in. */
  readonly machine?: string | undefined;
  /** Where its ports are, if not on this host. */
  readonly elsewhere?: string | undefined;
}
