import type { HostAddress } from './address.ts';
import type { Binding, Endpoint } from './binding.ts';
import type { Port } from './port.ts';
import type { Publish } from './publish.ts';

/** The safe way to free what is held: a sentence and, where there is one, the single command that does it. */
export interface Remedy {
  readonly text: string;
  readonly command?: string | undefined;
}

/** A free place for a publish that cannot have the one it wants. */
export interface Suggestion {
  readonly address: HostAddress;
  readonly port: Port;
}

interface Finding {
  /** `possible`: it depends on what nobody can see; never more than a warning. */
  readonly certainty: 'certain' | 'possible';
  readonly severity: 'error' | 'warning';
  readonly remedy?: Remedy | undefined;
  readonly suggestion?: Suggestion | undefined;
}

/** Something that keeps a publish from starting, or will. */
export type Conflict = Finding &
  (
    | {
        /** Another holder has the endpoint now. */
        readonly code: 'port-in-use';
        readonly publish: Publish;
        readonly endpoint: Endpoint;
        readonly binding: Binding;
      }
    | {
        /** Nobody has it now; somebody will want it. */
        readonly code: 'port-claimed';
        readonly publish: Publish;
        readonly endpoint: Endpoint;
        readonly binding: Binding;
      }
    | {
        /** No port of the pool can be had. */
        readonly code: 'pool-exhausted';
        readonly publish: Publish;
        readonly bindings: readonly Binding[];
      }
    | {
        /** Two publishes of one request cannot both be up. */
        readonly code: 'published-twice';
        readonly publish: Publish;
        readonly other: Publish;
        readonly endpoint?: Endpoint | undefined;
      }
    | {
        /** The address is none of this host's. */
        readonly code: 'address-not-local';
        readonly publish: Publish;
        readonly endpoint: Endpoint;
      }
    | {
        /** The engine runs without root and may not open ports below `firstPort`. */
        readonly code: 'privileged-port';
        readonly publish: Publish;
        readonly endpoint: Endpoint;
        readonly firstPort: number;
      }
    | {
        /** The engine refuses such a publish on any host; `why` in its terms. */
        readonly code: 'engine-refuses';
        readonly publish: Publish;
        readonly why: string;
      }
    | {
        /** A container runs, but none of the ports that it should publish is open (moby#51758). */
        readonly code: 'not-published';
        readonly binding: Binding;
      }
    | {
        /** Two containers come back at the next start of the engine, and only one can have the port. */
        readonly code: 'restart-clash';
        readonly binding: Binding;
        readonly other: Binding;
      }
  );

export type ConflictCode = Conflict['code'];

/** What each code means, in one sentence; help, SARIF rules and the docs are made from this table. */
export const conflictTitles: Readonly<Record<ConflictCode, string>> = {
  'port-in-use': 'The host port is held by something else.',
  'port-claimed': 'The host port is free now, and something else will take it.',
  'pool-exhausted': 'Every port of the range is taken.',
  'published-twice': 'Two publishes ask for the same host port.',
  'address-not-local': 'The host address is not one of this host.',
  'privileged-port': 'An engine without root may not open this port.',
  'engine-refuses': 'The engine refuses this publish on any host.',
  'not-published': 'A container runs without the ports that it should publish.',
  'restart-clash': 'Two containers will fight for a port when the engine starts again.',
};

/** Whether the finding alone makes a check fail. */
export function isFailure({ severity }: Conflict): boolean {
  return severity === 'error';
}
