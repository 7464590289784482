import type { Conflict } from '../model/findings/conflict.ts';
import type { Binding } from '../model/host/binding.ts';
import {
  anyAddress,
  anyIPv4,
  anyIPv6,
  type HostAddress,
  isLoopback,
  loopback,
} from '../model/ports/address.ts';

/** Two that listen on one port, each on another address of those that `localhost` leads to. */
export interface ShadowedPort {
  readonly binding: Binding;
  readonly other: Binding;
}

/**
 * Ports on which `localhost` is answered by more than one: the kernel hands a connection to the listener with the most
 * specific address, so that a program on 127.0.0.1 hides a container on 0.0.0.0, and clients that try ::1 first reach
 * the other one of two families. Costs n log n.
 */
export function findShadowedPorts(bindings: readonly Binding[]): readonly ShadowedPort[] {
  const byPort = new Map<number, Binding[]>();
  for (const binding of bindings) {
    if (binding.protocol !== 'tcp' || !isOpen(binding) || !answersLocalhost(binding.address))
      continue;
    byPort.set(binding.port, [...(byPort.get(binding.port) ?? []), binding]);
  }
  return [...byPort.values()].flatMap((listeners) => {
    const [first, ...others] = [...listeners].sort((a, b) => rank(a.address) - rank(b.address));
    const other = others.find((one) => first !== undefined && !isSame(first, one));
    return first === undefined || other === undefined ? [] : [{ binding: first, other }];
  });
}

/** The finding about a split port, whose holders are known by now; nothing where they turn out to be one. */
export function toShadowedFinding({ binding, other }: ShadowedPort): readonly Conflict[] {
  if (isSame(binding, other)) return [];
  return [{ code: 'shadowed-port', binding, other, certainty: 'certain', severity: 'warning' }];
}

function isOpen({ state }: Binding): boolean {
  return state === 'listening' || state === 'running';
}

function answersLocalhost(address: HostAddress): boolean {
  return (
    wildcards.includes(address) ||
    address === loopback ||
    (isLoopback(address) && address.includes(':'))
  );
}

const wildcards: readonly HostAddress[] = [anyAddress, anyIPv4, anyIPv6];

/** The most specific address first: it is the one that answers. */
function rank(address: HostAddress): number {
  return wildcards.includes(address) ? 1 : 0;
}

/** Whether both bindings have the same container or process; false for sockets without a visible owner. */
function isSame({ holder: one }: Binding, { holder: other }: Binding): boolean {
  if (one.kind !== other.kind) return false;
  if (one.kind === 'container' && other.kind === 'container') return one.id === other.id;
  if (one.kind === 'process' && other.kind === 'process')
    return one.pid === undefined || other.pid === undefined || one.pid === other.pid;
  return true;
}
