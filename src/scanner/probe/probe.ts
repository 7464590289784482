import { setTimeout as sleep } from 'node:timers/promises';
import type { Endpoint } from '../../model/host/binding.ts';
import { anyAddress, anyIPv4, anyIPv6, familiesOf, isWildcard } from '../../model/ports/address.ts';
import { portKey } from '../../model/ports/port.ts';
import { isTcpFreeEverywhere, type ProbeSocket, tryTcp, tryUdp } from './bind.ts';

/** The result of binding an endpoint as the engine does. */
export type BindResult =
  /** The bind succeeded; the socket is closed again. */
  | { readonly kind: 'free' }
  /** Another socket holds it (EADDRINUSE). */
  | { readonly kind: 'taken' }
  /** This host does not have the address. */
  | { readonly kind: 'not-local' }
  /** This user may not bind it; the engine may have the permission. */
  | { readonly kind: 'denied' }
  /** The endpoint was not bound, or the error is not about the port. */
  | { readonly kind: 'unknown'; readonly reason: string };

export interface ProbeOptions {
  readonly platform?: NodeJS.Platform | undefined;
  /** Whether the engine binds UDP with SO_REUSEADDR. */
  readonly reuseUdp?: boolean | undefined;
  /** Waits before a retry; the argument is in ms. */
  readonly pause?: ((ms: number) => Promise<unknown>) | undefined;
}

/** Retries after EADDRINUSE, and their total time: another probe may hold the port for a moment. */
const retries = 3;
const retriesMs = 200;
/** Number of ports that are probed concurrently. */
const concurrency = 32;

/**
 * Binds an endpoint as docker does: each family separately, IPv6 with IPV6_V6ONLY, TCP with listen. `*` is free when both
 * families are free, or the only one that the kernel supports.
 */
export async function probeEndpoint(
  endpoint: Endpoint,
  options: ProbeOptions = {},
): Promise<BindResult> {
  const reason = skipReason(endpoint, options.platform ?? process.platform);
  if (reason !== undefined) return { kind: 'unknown', reason };
  for (const address of familiesOf(endpoint.address)) {
    const result = await probeSocket({ ...endpoint, address }, options);
    const isMissingFamily = endpoint.address === anyAddress && result.kind === 'not-local';
    if (result.kind !== 'free' && !isMissingFamily) return result;
  }
  return { kind: 'free' };
}

/**
 * Probes many endpoints with a bounded number of sockets. Endpoints of one port and protocol are probed one after the
 * other, because concurrent probes of them would conflict.
 * @returns the results, in the order of the endpoints
 */
export async function probeEndpoints(
  endpoints: readonly Endpoint[],
  options: ProbeOptions = {},
): Promise<readonly BindResult[]> {
  const results: BindResult[] = [];
  const queues = [...groupByPort(endpoints).values()];
  const work = async () => {
    for (let queue = queues.pop(); queue !== undefined; queue = queues.pop()) {
      const isFree = await isFreeEverywhere(queue, options);
      for (const [index, endpoint] of queue)
        results[index] = isFree ? { kind: 'free' } : await probeEndpoint(endpoint, options);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return results;
}

/**
 * Whether these endpoints of one port are the wildcards of both families, as in most publishes, and one dual-stack socket
 * can bind both. Saves half of the binds, and the 5 ms in which Node compiles a pattern for the first IPv6 address.
 */
async function isFreeEverywhere(
  queue: readonly (readonly [number, Endpoint])[],
  { platform = process.platform }: ProbeOptions,
): Promise<boolean> {
  const [[, one] = [], [, other] = []] = queue;
  const addresses: readonly unknown[] = queue.map(([, { address }]) => address);
  const areBoth = queue.length === 2 && addresses.includes(anyIPv4) && addresses.includes(anyIPv6);
  if (!areBoth || one?.protocol !== 'tcp' || other === undefined) return false;
  return skipReason(one, platform) === undefined && (await isTcpFreeEverywhere(one.port));
}

/** Returns why an endpoint is not bound: on macOS and Windows a wildcard listener opens a firewall dialog. */
function skipReason(endpoint: Endpoint, platform: NodeJS.Platform): string | undefined {
  if (endpoint.protocol === 'sctp') return 'Node.js cannot bind SCTP ports';
  const hasFirewallDialog = platform === 'darwin' || platform === 'win32';
  if (hasFirewallDialog && isWildcard(endpoint.address)) {
    return 'binding it would open a firewall dialog';
  }
  return undefined;
}

async function probeSocket(
  endpoint: Endpoint,
  { reuseUdp = false, pause = sleep }: ProbeOptions,
): Promise<BindResult> {
  const bind = () =>
    endpoint.protocol === 'tcp' ? tryTcp(endpoint) : tryUdp(endpoint, { reuse: reuseUdp });
  let code = await bind();
  for (let retry = 0; code === 'EADDRINUSE' && retry < retries; retry += 1) {
    await pause((retriesMs / retries) * (0.5 + Math.random()));
    code = await bind();
  }
  return toResult(code, endpoint);
}

function toResult(code: string | undefined, { address }: ProbeSocket): BindResult {
  switch (code) {
    case undefined:
      return { kind: 'free' };
    case 'EADDRINUSE':
      return { kind: 'taken' };
    case 'EACCES':
    case 'EPERM':
      return { kind: 'denied' };
    case 'EADDRNOTAVAIL':
    case 'EAFNOSUPPORT':
      return { kind: 'not-local' };
    default:
      return { kind: 'unknown', reason: `binding ${address} failed: ${code}` };
  }
}

function groupByPort(
  endpoints: readonly Endpoint[],
): ReadonlyMap<number, readonly (readonly [number, Endpoint])[]> {
  const groups = new Map<number, (readonly [number, Endpoint])[]>();
  for (const [index, endpoint] of endpoints.entries()) {
    const key = portKey(endpoint);
    const group = groups.get(key) ?? [];
    groups.set(key, group);
    group.push([index, endpoint]);
  }
  return groups;
}
