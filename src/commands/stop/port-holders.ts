import type { Binding } from '../../model/host/binding.ts';
import { addressesOverlap } from '../../model/ports/address.ts';
import type { Publish } from '../../model/ports/publish.ts';
import { probePublishes } from '../../planner/probe-publishes.ts';
import { identifyHolders } from '../../scanner/identify-holders.ts';
import { createProber } from '../../scanner/probe/prober.ts';
import type { ScanResult } from '../../scanner/scan.ts';

/** States of bindings without a running holder. */
const idle = ['stopped', 'claimed', 'restarting'];

/** Returns the holders of a host port, without duplicates, on every address that overlaps with that of the publish. */
export async function findHolders(publish: Publish, host: ScanResult): Promise<readonly Binding[]> {
  const known = await identifyHolders(holdersIn(host.state.bindings, publish), host);
  if (known.length > 0) return uniqueHolders(known);
  const prober = createProber(host);
  const probed = prober && (await probePublishes([publish], host.state, prober));
  const found = holdersIn(probed?.host.bindings ?? [], publish);
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
  // Without an engine to ask, equal forwarders (one per address family) most likely serve one container.
  if (holder.kind === 'container' && holder.forwarder !== undefined) return holder.forwarder;
  if ('pid' in holder && holder.pid !== undefined) return `process ${holder.pid}`;
  return `${holder.kind} ${address}`;
}
