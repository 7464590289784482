import type { Remedy, Suggestion } from '../model/findings/conflict.ts';
import type { ErrorStatus } from '../model/findings/explanation.ts';
import type { Binding } from '../model/host/binding.ts';
import type { EngineKind } from '../model/host/engine-traits.ts';
import type { PortRange } from '../model/ports/port.ts';

/** What is known about the port of an error and its host. */
export interface ErrorFacts {
  readonly status: ErrorStatus;
  readonly holders: readonly Binding[];
  /** How to free the port, one remedy per holder. */
  readonly freeing: readonly Remedy[];
  readonly suggestion?: Suggestion | undefined;
  /** The container that could not be started and is still there. */
  readonly leftover?: Leftover | undefined;
  readonly host: ExplainHost;
}

export interface Leftover {
  readonly name: string;
  /** Whether it ran before: then it may contain data that must not be lost. */
  readonly ranBefore: boolean;
  /** The Compose project and service that reuse it. */
  readonly project?: string | undefined;
  readonly service?: string | undefined;
}

/** The facts about the host that explanations depend on. */
export interface ExplainHost {
  /** A value of `process.platform`. */
  readonly platform: string;
  /** Whether this Linux runs inside Windows (WSL). */
  readonly wsl: boolean;
  readonly ephemeral?: PortRange | undefined;
  readonly engine?: ExplainEngine | undefined;
}

/** The engine that responded. */
export interface ExplainEngine {
  readonly kind: EngineKind;
  /** The command that reaches it: `docker`, `podman` or `docker --context X`. */
  readonly command: string;
  /** The name of the virtual machine that it runs in. */
  readonly machine?: string | undefined;
  /** The host of its published ports, if it is not this one. */
  readonly elsewhere?: string | undefined;
}
