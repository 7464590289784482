import { setTimeout as sleep } from 'node:timers/promises';
import { type Endpoint, formatEndpoint } from '../../model/host/binding.ts';
import { anyAddress, anyIPv4, anyIPv6, familiesOf, isWildcard } from '../../model/ports/address.ts';
import { portKey } from '../../model/ports/port.ts';
import { isTcpFreeEverywhere, type ProbeSocket, tryTcp, tryUdp } from './bind.ts';

/** What binding an endpoint, as the engine would, has shown. */
export type ProbeAnswer =
  /** It could be bound, and is released again. */
  | { readonly kind: 'free' }
  /** Somebody holds it. */
  | { readonly kind: 'taken' }
  /** The address is not one of this host. */
  | { readonly kind: 'not-local' }
  /** This user may not bind it; another, such as the engine, perhaps may. */
  | { readonly kind: 'denied' }
  /** It was not tried, or the system gave an answer that says nothing about the port. */
  | { readonly kind: 'unknown'; readonly why: string };

export interface ProbeOptions {
  readonly platform?: NodeJS.Platform | undefined;
  /** Whether the engine binds UDP with SO_REUSEADDR. */
  readonly reuseUdp?: boolean | undefined;
  /** Waits before another try, in milliseconds. */
  readonly pause?: ((ms: number) => Promise<unknown>) | undefined;
}

/** How often EADDRINUSE is tried again, and over how long: another probe may just hold the port. */
const retries = 3;
const retriesMs = 200;
/** How many ports are probed side by side. */
const concurrency = 32;

/**
 * Whether the endpoint is free now, by binding it as docker does: each family alone, IPv6 without IPv4, TCP with listen.
 * `*` is free when both families are, or the only one that the kernel has.
 */
export async function probeEndpoint(
  endpoint: Endpoint,
  options: ProbeOptions = {},
): Promise<ProbeAnswer> {
  const why = whyNotProbed(endpoint, options.platform ?? process.platform);
  if (why !== undefined) return { kind: 'unknown', why };
  for (const address of familiesOf(endpoint.address)) {
    const answer = await probeSocket({ ...endpoint, address }, options);
    const isMissingFamily = endpoint.address === anyAddress && answer.kind === 'not-local';
    if (answer.kind !== 'free' && !isMissingFamily) return answer;
  }
  return { kind: 'free' };
}

/**
 * Probes many endpoints, with a bounded number of sockets. Endpoints of one port and protocol are probed in turn: side by
 * side they would be in each other's way.
 * @returns the answers, in the order of the endpoints.
 */
export async function probeEndpoints(
  endpoints: readonly Endpoint[],
  options: ProbeOptions = {},
): Promise<readonly ProbeAnswer[]> {
  const answers: ProbeAnswer[] = [];
  const queues = [...groupByPort(endpoints).values()];
  const work = async () => {
    for (let queue = queues.pop(); queue !== undefined; queue = queues.pop()) {
      const isFree = await isFreeEverywhere(queue, options);
      for (const [index, endpoint] of queue)
        answers[index] = isFree ? { kind: 'free' } : await probeEndpoint(endpoint, options);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return answers;
}

/**
 * Whether these endpoints of one port are the wildcards of both families, as most publishes are, and one socket gets
 * both. It spares half of the binds, and 5 ms in which Node makes a pattern for the first IPv6 address.
 */
async function isFreeEverywhere(
  queue: readonly (readonly [number, Endpoint])[],
  { platform = process.platform }: ProbeOptions,
): Promise<boolean> {
  const [[, one] = [], [, other] = []] = queue;
  const addresses: readonly unknown[] = queue.map(([, { address }]) => address);
  const areBoth = queue.length === 2 && addresses.includes(anyIPv4) && addresses.includes(anyIPv6);
  if (!areBoth || one?.protocol !== 'tcp' || other === undefined) return false;
  return whyNotProbed(one, platform) === undefined && (await isTcpFreeEverywhere(one.port));
}

/** A wildcard listener makes the firewalls of macOS and Windows ask the user about this program. */
function whyNotProbed(endpoint: Endpoint, platform: NodeJS.Platform): string | undefined {
  if (endpoint.protocol === 'sctp') return 'SCTP cannot be bound from here';
  const asks = platform === 'darwin' || platform === 'win32';
  if (asks && isWildcard(endpoint.address)) {
    return `${formatEndpoint(endpoint)} is not tried: the system's firewall would ask about it`;
  }
  return undefined;
}

async function probeSocket(
  endpoint: Endpoint,
  { reuseUdp = false, pause = sleep }: ProbeOptions,
): Promise<ProbeAnswer> {
  const attempt = () =>
    endpoint.protocol === 'tcp' ? tryTcp(endpoint) : tryUdp(endpoint, { reuse: reuseUdp });
  let code = await attempt();
  for (let retry = 0; code === 'EADDRINUSE' && retry < retries; retry += 1) {
    await pause((retriesMs / retries) * (0.5 + Math.random()));
    code = await attempt();
  }
  return toAnswer(code, endpoint);
}

function toAnswer(code: string | undefined, { address }: ProbeSocket): ProbeAnswer {
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
      return { kind: 'unknown', why: `binding ${address} failed: ${code}` };
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
