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

/** Two listeners on one port, on different addresses that `localhost` reaches. */
export interface ShadowedPort {
  readonly binding: Binding;
  readonly other: Binding;
}

/**
 * Returns the ports on which several listeners answer for `localhost`. The kernel gives a connection to the listener
 * with the most specific address, so a program on 127.0.0.1 hides a container on 0.0.0.0. With listeners of both
 * families, clients that try ::1 first reach the IPv6 one. Costs n log n.
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

/** Returns the finding about a shadowed port after its holders are identified; empty if they are the same. */
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

/** Sorts the most specific address first: its listener answers. */
function rank(address: HostAddress): number {
  return wildcards.includes(address) ? 1 : 0;
}

/** Returns whether two holders are the same. A process without a PID counts as the same, to avoid false findings. */
function isSame({ holder: one }: Binding, { holder: other }: Binding): boolean {
  if (one.kind !== other.kind) return false;
  if (one.kind === 'container' && other.kind === 'container') return one.id === other.id;
  if (one.kind === 'process' && other.kind === 'process')
    return one.pid === undefined || other.pid === undefined || one.pid === other.pid;
  return true;
}
