import type { PortFacts } from '../model/host/host-state.ts';
import { inRange } from '../model/ports/port.ts';

/** Ports that browsers and fetch() refuse to open ("bad ports" of the WHATWG Fetch standard). */
const browserBlocked: ReadonlySet<number> = new Set([
  1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102,
  103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465,
  512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993,
  995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668,
  6669, 6679, 6697, 10080,
]);

/** Ports on which the AirPlay Receiver of macOS listens when it is switched on. */
const airPlay: ReadonlySet<number> = new Set([5000, 7000]);

/**
 * How suitable a port is for the planner to choose: `last` only if no other port is left, because an outgoing
 * connection may take it at any moment (ephemeral range) or the administrator reserved it (`ip_local_reserved_ports`).
 */
export type Suitability = 'good' | 'last' | 'never';

/** Returns how suitable a port is for the planner to choose. Does not apply to ports that a user requests by number. */
export function suitabilityOf(port: number, protocol: string, facts: PortFacts): Suitability {
  if (protocol === 'tcp' && browserBlocked.has(port)) return 'never';
  if (facts.platform === 'darwin' && airPlay.has(port)) return 'never';
  if (port < facts.firstPort || facts.excluded.some((range) => inRange(port, range)))
    return 'never';
  const isEphemeral = facts.ephemeral !== undefined && inRange(port, facts.ephemeral);
  return isEphemeral || facts.reserved.some((range) => inRange(port, range)) ? 'last' : 'good';
}
