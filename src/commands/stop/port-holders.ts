import type { Binding } from '../../model/host/binding.ts';
import { addressesOverlap } from '../../model/ports/address.ts';
import type { Publish } from '../../model/ports/publish.ts';
import { probePublishes } from '../../planner/probe-publishes.ts';
import { identifyHolders } from '../../scanner/identify-holders.ts';
import { createProber } from '../../scanner/probe/prober.ts';
import type { ScanResult } from '../../scanner/scan.ts';

/** Claims of something that does not run; nothing to stop. */
const idle = ['stopped', 'claimed', 'restarting'];

/** Everybody who holds a host port now, each once: on any address, or on those that the asked one overlaps with. */
export async function findHolders(asked: Publish, host: ScanResult): Promise<readonly Binding[]> {
  const known = await identifyHolders(holdersIn(host.state.bindings, asked), host);
  if (known.length > 0) return uniqueHolders(known);
  const look = createProber(host);
  const tried = look && (await probePublishes([asked], host.state, look));
  const found = holdersIn(tried?.host.bindings ?? [], asked);
  return uniqueHolders(await identifyHolders(found, host));
}

function holdersIn(
  bindings: readonly Binding[],
  { address, hostPorts, protocol }: Publish,
): readonly Binding[] {
  return bindings.filter(
    (binding) =>
      binding.port === hostPorts?.first &&
      binding.protocol === protocol &&
      addressesOverlap(binding.address, address) &&
      !idle.includes(binding.state),
  );
}

function uniqueHolders(bindings: readonly Binding[]): readonly Binding[] {
  const byHolder = new Map<string, Binding>();
  for (const binding of bindings) {
    const key = keyOf(binding);
    if (!byHolder.has(key)) byHolder.set(key, binding);
  }
  return [...byHolder.values()];
}

function keyOf({ holder, address }: Binding): string {
  if ('id' in holder && holder.id !== undefined) return `${holder.kind} ${holder.id}`;
  // A forwarder of each family, and nobody to ask: one container, most likely.
  if (holder.kind === 'container' && holder.forwarder !== undefined) return holder.forwarder;
  if ('pid' in holder && holder.pid !== undefined) return `process ${holder.pid}`;
  return `${holder.kind} ${address}`;
}
