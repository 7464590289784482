import type { Location } from '../../errors.ts';
import type { Binding, Endpoint } from '../host/binding.ts';
import type { HostAddress } from '../ports/address.ts';
import type { Port, PortRange } from '../ports/port.ts';
import type { Publish } from '../ports/publish.ts';

/** The safe way to free a port: a sentence and, if one command is enough, that command. */
export interface Remedy {
  readonly text: string;
  readonly command?: string | undefined;
}

/** A free endpoint for a publish whose requested one is taken. */
export interface Suggestion {
  readonly address: HostAddress;
  readonly port: Port;
}

interface Finding {
  /** `possible`: depends on facts that cannot be observed; always a warning. */
  readonly certainty: 'certain' | 'possible';
  readonly severity: 'error' | 'warning';
  readonly remedy?: Remedy | undefined;
  readonly suggestion?: Suggestion | undefined;
  /** The reason given in the file for suppressing it. A suppressed finding is reported but does not fail the check. */
  readonly allowed?: string | undefined;
  /** The Compose profiles that must be active for the finding to occur. */
  readonly profiles?: readonly string[] | undefined;
}

/** A finding: something that prevents a publish from starting, or will. */
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
        /** The endpoint is free now, but a holder will claim it. */
        readonly code: 'port-claimed';
        readonly publish: Publish;
        readonly endpoint: Endpoint;
        readonly binding: Binding;
      }
    | {
        /** All ports of the pool are taken. */
        readonly code: 'pool-exhausted';
        readonly publish: Publish;
        readonly bindings: readonly Binding[];
        /** The number of containers of the service, each of which needs a port. */
        readonly replicas?: number | undefined;
        /** The range that a plan has searched. */
        readonly searched?: PortRange | undefined;
      }
    | {
        /** Several containers of one service cannot share a fixed port. */
        readonly code: 'replicas-share-port';
        readonly publish: Publish;
        readonly replicas: number;
      }
    | {
        /** The network of the service publishes no ports; `why` names it. */
        readonly code: 'ports-ignored';
        readonly publish: Publish;
        readonly why: string;
      }
    | {
        /** The publish binds every address, so it is open to the network. Off by default. */
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
        /** A finding about the file; `message` is complete. */
        readonly code: FileFindingCode;
        readonly message: string;
        readonly location?: Location | undefined;
      }
    | {
        /** Two publishes of one request cannot both start. */
        readonly code: 'published-twice';
        readonly publish: Publish;
        readonly other: Publish;
        readonly endpoint?: Endpoint | undefined;
      }
    | {
        /** No interface of this host has the address. */
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
        /** The engine rejects this publish on any host; `why` is a clause. */
        readonly code: 'engine-refuses';
        readonly publish: Publish;
        readonly why: string;
      }
    | {
        /** A container runs, but none of the ports that it should publish are open (moby#51758). */
        readonly code: 'not-published';
        readonly binding: Binding;
      }
    | {
        /** Two containers restart with the engine, and only one can get the port. */
        readonly code: 'restart-conflict';
        readonly binding: Binding;
        readonly other: Binding;
      }
    | {
        /** Two programs listen on one port of `localhost`, on different addresses; the first one answers. */
        readonly code: 'shadowed-port';
        readonly binding: Binding;
        readonly other: Binding;
      }
  );

/** Codes of findings about a Compose file that need no further data. */
export type FileFindingCode =
  /** A port depends on a variable that is not set. */
  | 'unset-variable'
  /** YAML 1.1 parsers read the unquoted value as another number. */
  | 'base-60'
  /** Versions of Compose read the file differently. */
  | 'version-difference'
  /** More than one Compose file was found. */
  | 'several-files'
  /** Compose would reject the file for a reason unrelated to ports. */
  | 'compose-refuses'
  /** A disabled service could not start. */
  | 'not-startable'
  /** A part of the project is remote and is not read. */
  | 'remote-resource';

export type ConflictCode = Conflict['code'];

/**
 * The meaning of each code in one sentence, used by the SARIF rules. docs/findings.md has a section for each code and quotes
 * the sentence; test/model/findings/docs.test.ts compares them.
 */
export const conflictTitles: Readonly<Record<ConflictCode, string>> = {
  'port-in-use': 'Another container or program holds the host port.',
  'port-claimed':
    'The host port is free now, but another container, service or project will claim it.',
  'pool-exhausted': 'All ports of the range are taken.',
  'published-twice': 'Two publishes request the same host port.',
  'address-not-local': 'No interface of this host has the address.',
  'privileged-port': 'An engine without root may not open this port.',
  'engine-refuses': 'The engine rejects this publish on any host.',
  'replicas-share-port': 'Several containers of one service request one fixed port.',
  'ports-ignored': 'The network of the service publishes no ports.',
  exposed: 'The port is open on every address of the host.',
  'project-name-in-use': 'Another directory has a running project of the same name.',
  'unset-variable': 'A port depends on a variable that is not set.',
  'base-60': 'YAML 1.1 parsers read the unquoted value as another number.',
  'version-difference': 'Versions of Compose read the file differently.',
  'several-files': 'More than one Compose file was found.',
  'compose-refuses': 'Compose would reject the file for a reason unrelated to ports.',
  'not-startable': 'A disabled service could not start.',
  'remote-resource': 'A part of the project is remote and is not read.',
  'not-published': 'A container is running without its published ports.',
  'shadowed-port': 'Two programs answer on one port of localhost, each on its own address.',
  'restart-conflict': 'Two containers will claim one port when the engine restarts.',
};

/** Returns whether the finding makes a check fail: an error that is not suppressed. */
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
