import type { HostAddress } from '../ports/address.ts';
import type { Port, PortRange, Protocol } from '../ports/port.ts';

/** The cause of an error about ports, independent of the engine and version that reported it. */
export type PortErrorCode =
  /** The engine has allocated the port to another of its containers. */
  | 'taken-by-container'
  /** A swarm service publishes it. */
  | 'taken-by-service'
  /** The system rejected the bind: some socket of the host, possibly of a container, holds the port. */
  | 'taken-on-host'
  /** A program, not an engine, could not listen; usually inside its container. */
  | 'taken-for-program'
  | 'pool-exhausted'
  | 'address-not-local'
  | 'privileged-port'
  /** Windows reserves the port; no program holds it. */
  | 'excluded-range'
  | 'bad-range'
  | 'bad-protocol'
  /** The publish cannot be parsed. */
  | 'bad-publish'
  /** The network of the container publishes no ports. */
  | 'network-mode'
  /** The engine's forwarder could not be started. */
  | 'proxy-failed'
  /** The forwarder between a virtual machine and its host failed without a reason. */
  | 'forwarder-failed'
  /** An attached run on Podman whose error was lost. */
  | 'start-refused';

/** An error about ports, found in a text. */
export interface PortError {
  readonly code: PortErrorCode;
  /** The message of the engine, without the prefixes of other programs. */
  readonly message: string;
  readonly address?: HostAddress | undefined;
  /** The host port that failed, if the message names it. */
  readonly port?: Port | undefined;
  /** The pool that the port belongs to. */
  readonly pool?: PortRange | undefined;
  readonly protocol?: Protocol | undefined;
  /** The container that requested the port. */
  readonly container?: string | undefined;
  /** The swarm service that holds the port; or the Compose service that requested it (Compose v1) or logged the error. */
  readonly service?: string | undefined;
  /** The detail in the message: a part of a publish, or the lowest allowed port. */
  readonly detail?: string | undefined;
}

/** The meaning of each code in one sentence. docs/explain.md quotes this table; test/model/findings/docs.test.ts compares them. */
export const portErrorTitles: Readonly<Record<PortErrorCode, string>> = {
  'taken-by-container': 'Another container already has the port.',
  'taken-by-service': 'A swarm service already publishes the port.',
  'taken-on-host': 'A socket on the host holds the port.',
  'taken-for-program': 'A program could not listen on its port.',
  'pool-exhausted': 'Every port of the range is taken.',
  'address-not-local': 'No interface of the host has the address.',
  'privileged-port': 'An engine without root may not open this port.',
  'excluded-range': 'Windows reserves the port; no program holds it.',
  'bad-range': 'The range of host ports is invalid.',
  'bad-protocol': 'The engine cannot publish this protocol.',
  'bad-publish': 'The engine cannot parse the publish.',
  'network-mode': 'The container has no network of its own.',
  'proxy-failed': 'The engine could not start its port forwarder.',
  'forwarder-failed': 'The port forwarder of the virtual machine failed.',
  'start-refused': 'The engine did not start the container, and the reason was lost.',
};

const lostPorts: ReadonlySet<PortErrorCode> = new Set<PortErrorCode>([
  'taken-by-container',
  'taken-by-service',
  'taken-on-host',
  'excluded-range',
  'forwarder-failed',
]);

/** Returns whether a start that failed with this error may succeed on another host port. */
export function isLostPort({ code }: Pick<PortError, 'code'>): boolean {
  return lostPorts.has(code);
}
