import type { ContainerInspect } from '../../engine/client/api-types.ts';
import { readContainer } from '../../engine/containers/inspect.ts';
import type { Engine } from '../../engine/open-engine.ts';
import { PortplanError } from '../../errors.ts';
import type { StoppedItem, StopReport } from '../../model/findings/report.ts';
import type { Publish } from '../../model/ports/publish.ts';
import { parseTarget } from '../../model/ports/target.ts';
import { shellQuote } from '../../model/text/safe-text.ts';
import { remedyFor } from '../../planner/remedy.ts';
import { stripLeadingSlash } from '../../runner/remap/names.ts';
import { type ScanOptions, type ScanResult, scan } from '../../scanner/scan.ts';
import { allNames, containerNotFound } from '../../workflows/findings/container-not-found.ts';
import { engineError } from '../../workflows/findings/sources.ts';
import { fixedPorts } from '../../workflows/inputs/targets.ts';
import { findHolders } from './port-holders.ts';
import { type StopListener, stopContainerSafely } from './stop-container.ts';

export interface StopOptions
  extends StopListener,
    Pick<ScanOptions, 'host' | 'context' | 'timeoutMs'> {
  /** Ports (`8080`, `127.0.0.1:8080`, `53/udp`, `8000-8010`), and container names or IDs. */
  readonly targets: readonly string[];
}

/** A parsed target of the command line. */
type ParsedStopTarget =
  | { readonly kind: 'ports'; readonly text: string; readonly publishes: readonly Publish[] }
  | { readonly kind: 'container'; readonly text: string };

/**
 * Stops containers by name and by the ports they hold. Other holders (a process, a swarm service, a container of another
 * engine) are reported with a remedy and not stopped.
 * @throws PortplanError `invalid-input` for an unknown container, `invalid-usage`, `invalid-publish`: then no container
 *   is stopped; and engine errors
 */
export async function stop(options: StopOptions): Promise<StopReport> {
  const targets = options.targets.map(readTarget);
  const publishes = targets.flatMap((target) => (target.kind === 'ports' ? target.publishes : []));
  await using host = await scan({
    ...options,
    ports: fixedPorts(publishes),
    extendWhileAlive: true,
  });
  const containers = await findNamed(targets, host);
  const items: StoppedItem[] = [];
  for (const target of targets) {
    const container = containers.get(target.text);
    items.push(
      ...(target.kind === 'ports'
        ? await freePorts(target.publishes, host, options)
        : container && host.engine
          ? [
              await stopContainerSafely(host.engine, container, {
                ...options,
                target: target.text,
              }),
            ]
          : []),
    );
  }
  const { sources, notes } = host.snapshot;
  const returning = returnNotes(items, host.engine?.command);
  return { command: 'stop', items, sources, notes: [...notes, ...returning] };
}

function readTarget(text: string): ParsedStopTarget {
  const target = parseTarget(text, () => false);
  if (target.kind === 'ports') return { kind: 'ports', text, publishes: target.publishes };
  if (target.kind !== 'publish') return { kind: 'container', text };
  throw new PortplanError(
    'invalid-usage',
    `invalid target "${text}": expected a port or a container`,
    {
      hint: 'specify the host port alone: 8080, 127.0.0.1:8080, 53/udp',
    },
  );
}

/** Finds all named containers before any is stopped. */
async function findNamed(
  targets: readonly ParsedStopTarget[],
  host: ScanResult,
): Promise<ReadonlyMap<string, ContainerInspect>> {
  const found = new Map<string, ContainerInspect>();
  for (const { kind, text } of targets) {
    if (kind !== 'container') continue;
    if (host.engine === undefined) throw engineError(host);
    const container = await readContainer(host.engine, stripLeadingSlash(text));
    if (container === undefined)
      throw containerNotFound(text, await allNames(host.engine), host.engine);
    found.set(text, container);
  }
  return found;
}

async function freePorts(
  publishes: readonly Publish[],
  host: ScanResult,
  options: StopOptions,
): Promise<readonly StoppedItem[]> {
  const items: StoppedItem[] = [];
  for (const publish of publishes) items.push(...(await freePort(publish, host, options)));
  return items;
}

async function freePort(
  publish: Publish,
  host: ScanResult,
  options: StopOptions,
): Promise<readonly StoppedItem[]> {
  const target = portText(publish);
  const holders = await findHolders(publish, host);
  if (holders.length === 0) return [{ target, state: 'free' }];
  const items: StoppedItem[] = [];
  for (const binding of holders) {
    const container = await ownContainer(binding.holder, host.engine);
    const engine = host.engine;
    items.push(
      container !== undefined && engine !== undefined
        ? { ...(await stopContainerSafely(engine, container, { ...options, target })), binding }
        : { target, state: 'skipped', binding, remedy: remedyFor(binding, engine?.command) },
    );
  }
  return items;
}

/** Returns the container that holds a port, if it belongs to this engine. */
async function ownContainer(
  holder: NonNullable<StoppedItem['holder']>,
  engine: Engine | undefined,
): Promise<ContainerInspect | undefined> {
  if (holder.kind !== 'container' || holder.engine !== undefined) return undefined;
  if (holder.id === undefined || engine === undefined) return undefined;
  return readContainer(engine, holder.id);
}

/** Returns notes on containers that the engine will restart after a manual stop. */
function returnNotes(items: readonly StoppedItem[], command = 'docker'): readonly string[] {
  const names = items.flatMap(({ state, holder }) =>
    state === 'stopped' && holder?.kind === 'container' && holder.restart === 'always'
      ? (holder.name ?? holder.id ?? [])
      : [],
  );
  return [...new Set(names)].map(
    (name) =>
      `${name} starts again when the engine restarts (restart: always); to prevent that: ${command} update --restart unless-stopped ${shellQuote(name)}`,
  );
}

/** Returns the requested port; for a range, one of its ports. */
function portText({ hostIp, hostPorts, protocol }: Publish): string {
  const address = hostIp.includes(':') ? `[${hostIp}]:` : hostIp === '' ? '' : `${hostIp}:`;
  return `${address}${hostPorts?.first}/${protocol}`;
}
