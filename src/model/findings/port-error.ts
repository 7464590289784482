import type { HostAddress } from '../ports/address.ts';
import type { Port, PortRange, Protocol } from '../ports/port.ts';

/** What an error about ports comes down to, whichever engine and version put it in words. */
export type PortErrorCode =
  /** The engine's own table: another container of this engine has the port. */
  | 'taken-by-container'
  /** A swarm service publishes it. */
  | 'taken-by-service'
  /** The system refused: any socket of the host, also one of a container. */
  | 'taken-on-host'
  /** A program, not an engine, could not listen; mostly inside its container. */
  | 'taken-for-program'
  | 'pool-exhausted'
  | 'address-not-local'
  | 'privileged-port'
  /** Windows keeps the port back, and no program has it. */
  | 'excluded-range'
  | 'bad-range'
  | 'bad-protocol'
  /** The publish itself cannot be read. */
  | 'bad-publish'
  /** The network of the container publishes nothing. */
  | 'network-mode'
  /** The engine's forwarder could not be started. */
  | 'proxy-failed'
  /** The forwarder between a virtual machine and its host failed without saying why. */
  | 'forwarder-failed'
  /** An attached run against podman, whose real error did not come through. */
  | 'start-refused';

/** An error about ports, found in a text. */
export interface PortError {
  readonly code: PortErrorCode;
  /** The engine's own words, without what others put around them. */
  readonly message: string;
  readonly address?: HostAddress | undefined;
  /** The host port that could not be had, when the message tells. */
  readonly port?: Port | undefined;
  /** The pool of which it is one. */
  readonly pool?: PortRange | undefined;
  readonly protocol?: Protocol | undefined;
  /** The container that wanted it. */
  readonly container?: string | undefined;
  /** The swarm service that has it; the compose service that wanted it (Compose v1), or in whose log it stands. */
  readonly service?: string | undefined;
  /** What the message complains about: a piece of a publish, or the lowest port that is allowed. */
  readonly detail?: string | undefined;
}

/** What each code means, in one sentence; the docs are made from this table. */
export const portErrorTitles: Readonly<Record<PortErrorCode, string>> = {
  'taken-by-container': 'Another container of the engine has the port.',
  'taken-by-service': 'A swarm service publishes the port.',
  'taken-on-host': 'Something on the host has the port.',
  'taken-for-program': 'A program could not listen on its port.',
  'pool-exhausted': 'Every port of the range is taken.',
  'address-not-local': 'The host address is not one of the host.',
  'privileged-port': 'An engine without root may not open this port.',
  'excluded-range': 'Windows keeps the port back.',
  'bad-range': 'The range of host ports is not one.',
  'bad-protocol': 'The engine cannot publish this protocol.',
  'bad-publish': 'The publish cannot be read.',
  'network-mode': 'The network of the container publishes no ports.',
  'proxy-failed': 'The forwarder of the engine could not be started.',
  'forwarder-failed': 'The forwarder of the virtual machine failed.',
  'start-refused': 'The engine refused the start, and its reason was lost.',
};

const lostPorts: ReadonlySet<PortErrorCode> = new Set<PortErrorCode>([
  'taken-by-container',
  'taken-by-service',
  'taken-on-host',
  'excluded-range',
  'forwarder-failed',
]);

/** Whether a start that failed so may succeed with another host port. */
export function isLostPort({ code }: Pick<PortError, 'code'>): boolean {
  return lostPorts.has(code);
}
