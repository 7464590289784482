import type { Location } from '../../errors.ts';
import type { Binding, Endpoint } from '../host/binding.ts';
import type { HostAddress } from '../ports/address.ts';
import type { Port, PortRange } from '../ports/port.ts';
import type { Publish } from '../ports/publish.ts';

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
  /** The reason that its file gives for allowing it: it is told, and does not fail the check. */
  readonly allowed?: string | undefined;
  /** The profiles without which it does not come about. */
  readonly profiles?: readonly string[] | undefined;
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
        /** How many containers of the service want one each. */
        readonly replicas?: number | undefined;
        /** Where a plan has looked for one. */
        readonly searched?: PortRange | undefined;
      }
    | {
        /** Several containers of one service cannot share a fixed port. */
        readonly code: 'replicas-share-port';
        readonly publish: Publish;
        readonly replicas: number;
      }
    | {
        /** The network of the service publishes nothing; `why` names it. */
        readonly code: 'ports-ignored';
        readonly publish: Publish;
        readonly why: string;
      }
    | {
        /** Its host address is every address, so it is open to the network. A hint that is off by default. */
        readonly code: 'exposed';
        readonly publish: Publish;
      }
    | {
        /** Containers of a project of this name come from another directory; `up` would take them over. */
        readonly code: 'project-name-in-use';
        readonly project: string;
        readonly binding: Binding;
        readonly location?: Location | undefined;
      }
    | {
        /** Something about the file itself; `message` says all. */
        readonly code: FileFindingCode;
        readonly message: string;
        readonly location?: Location | undefined;
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
        readonly code: 'restart-conflict';
        readonly binding: Binding;
        readonly other: Binding;
      }
    | {
        /** Two listen on one port, on different addresses of those that `localhost` leads to; the first one answers. */
        readonly code: 'shadowed-port';
        readonly binding: Binding;
        readonly other: Binding;
      }
  );

/** Findings about a compose file that stand for themselves. */
export type FileFindingCode =
  /** A port depends on a variable that is not set. */
  | 'unset-variable'
  /** Readers of YAML 1.1 take the unquoted text for another number. */
  | 'base-60'
  /** Versions of Compose read the file differently. */
  | 'version-difference'
  /** More than one file could be meant. */
  | 'several-files'
  /** Compose would not load the file, for a reason that is not about ports. */
  | 'compose-refuses'
  /** A disabled service could not start. */
  | 'not-startable'
  /** A part of the project lies where it is not read from. */
  | 'remote-resource';

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
  'replicas-share-port': 'Several containers of one service ask for one fixed port.',
  'ports-ignored': 'The network of the service publishes no ports.',
  exposed: 'The port is open on every address of the host.',
  'project-name-in-use': 'Another directory has a running project of the same name.',
  'unset-variable': 'A port depends on a variable that is not set.',
  'base-60': 'Readers of YAML 1.1 take the unquoted text for another number.',
  'version-difference': 'Versions of Compose read the file differently.',
  'several-files': 'More than one compose file could be meant.',
  'compose-refuses': 'Compose would refuse the file, for a reason that is not about ports.',
  'not-startable': 'A disabled service could not start.',
  'remote-resource': 'A part of the project lies elsewhere and is not read.',
  'not-published': 'A container runs without the ports that it should publish.',
  'shadowed-port': 'Two programs answer on one port of localhost, each on another address.',
  'restart-conflict': 'Two containers will fight for a port when the engine starts again.',
};

/** Whether the finding alone makes a check fail. */
export function isFailure({ severity, allowed }: Conflict): boolean {
  return severity === 'error' && allowed === undefined;
}

/** Returns the publish that the finding is about; `undefined` when it is about a host, a project or a file. */
export function publishOf(conflict: Conflict): Publish | undefined {
  return 'publish' in conflict ? conflict.publish : undefined;
}

/** Returns the binding that stands in the way, or all of them for an exhausted pool; empty when the finding has none. */
export function bindingsOf(conflict: Conflict): readonly Binding[] {
  if ('bindings' in conflict) return conflict.bindings;
  return 'binding' in conflict ? [conflict.binding] : [];
}

/** Returns the position of the finding in a file: its own or that of its publish; `undefined` when it has none. */
export function conflictLocation(conflict: Conflict): Location | undefined {
  if ('location' in conflict) return conflict.location;
  const origin = publishOf(conflict)?.origin;
  return origin?.kind === 'compose' ? origin.location : undefined;
}
