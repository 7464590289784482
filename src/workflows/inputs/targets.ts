import { existsSync } from 'node:fs';
import type { ExposedPort } from '../../engine/images/images.ts';
import { inspectImage } from '../../engine/images/images.ts';
import { parseImageReference } from '../../engine/images/reference.ts';
import type { Engine } from '../../engine/open-engine.ts';
import { PortplanError } from '../../errors.ts';
import { type HostAddress, loopback, toHostAddress } from '../../model/ports/address.ts';
import { parsePublishFlag } from '../../model/ports/parse-publish.ts';
import { formatPublish, kindOf, type Publish } from '../../model/ports/publish.ts';
import { parseTarget } from '../../model/ports/target.ts';

/** Targets and `-p` values of a command line. */
export interface TargetRequest {
  readonly targets?: readonly string[] | undefined;
  readonly publish?: readonly string[] | undefined;
}

/** The targets by kind. */
export interface ParsedTargets {
  /** Host ports, each on its own, without duplicates. */
  readonly ports: readonly Publish[];
  /** Publishes of one container. */
  readonly publishes: readonly Publish[];
  /** Compose files and folders. */
  readonly paths: readonly string[];
  readonly images: readonly string[];
  readonly notes: readonly string[];
}

/**
 * Parses targets and `-p` values, without the engine.
 * @throws PortplanError `invalid-publish`, `invalid-usage`, `invalid-input`
 */
export function parseTargets({ targets = [], publish = [] }: TargetRequest): ParsedTargets {
  const parsed = targets.map((text) => parseTarget(text, existsSync));
  const flags = publish.map((text) => parsePublishFlag(text));
  const ports = parsed.flatMap((target) => (target.kind === 'ports' ? target.publishes : []));
  return {
    ports: uniqueByText(ports),
    publishes: [
      ...parsed.flatMap((target) => (target.kind === 'publish' ? target.publishes : [])),
      ...flags.flatMap(({ publishes }) => publishes),
    ],
    paths: parsed.flatMap((target) => (target.kind === 'path' ? [target.path] : [])),
    images: parsed.flatMap((target) => (target.kind === 'image' ? [target.image] : [])),
    notes: flags.flatMap(({ ignored }) => ignoredNote(ignored)),
  };
}

function uniqueByText(publishes: readonly Publish[]): readonly Publish[] {
  return [...new Map(publishes.map((publish) => [formatPublish(publish), publish])).values()];
}

/** Returns a note on keys that docker ignores silently, so that the port opens on every address. */
export function ignoredNote(keys: readonly string[]): readonly string[] {
  if (keys.length === 0) return [];
  return [
    `docker ignores ${keys.join(', ')} in the long form of -p; only published, target and protocol count`,
  ];
}

/**
 * Returns notes on publishes without a host port that were given to `check`: in docker's grammar `:8080` and `-p 8080`
 * name a container port, and users often mean the host port.
 */
export function containerPortNotes(publishes: readonly Publish[]): readonly string[] {
  return publishes.flatMap((publish) => {
    const { origin, hostPorts, target } = publish;
    if (origin.kind !== 'argument' || hostPorts !== undefined) return [];
    return [
      `"${origin.text}" is container port ${target} on a free host port; to check the host port: portplan check ${target}`,
    ];
  });
}

/** Returns the host ports that are requested by number. */
export function fixedPorts(publishes: readonly Publish[]): ReadonlySet<number> {
  return new Set(
    publishes.flatMap((publish) =>
      kindOf(publish) === 'fixed' ? (publish.hostPorts?.first ?? []) : [],
    ),
  );
}

/**
 * Returns the exposed ports of an image as publishes whose host port the planner chooses. On 127.0.0.1 unless `hostIp`
 * is given, because a published port bypasses the host's firewall.
 * @throws PortplanError `image-unavailable` when the engine does not have it, `invalid-input` for a bad name.
 */
export async function publishesOfImage(
  image: string,
  engine: Engine | undefined,
  hostIp?: string,
): Promise<readonly Publish[]> {
  const { familiar } = nameOf(image);
  if (engine === undefined) {
    throw new PortplanError(
      'image-unavailable',
      `cannot read the ports of image ${familiar}: no engine responds`,
      {
        hint: 'specify the ports: portplan plan -p 80',
      },
    );
  }
  const found = await inspectImage(engine, image);
  if (found === undefined) {
    throw new PortplanError('image-unavailable', `image ${familiar} not found in the engine`, {
      hint: `${engine.command} pull ${familiar}, or specify its ports with -p`,
    });
  }
  return found.exposed.map((port) => toPublish(port, image, hostIp));
}

/** Returns an exposed port as a publish whose host port the planner chooses. */
export function toPublish(
  { target, protocol }: ExposedPort,
  image: string,
  hostIp?: string,
): Publish {
  const address: HostAddress = hostIp === undefined ? loopback : toHostAddress(hostIp);
  return {
    hostIp: hostIp ?? loopback,
    address,
    target,
    protocol,
    mode: 'ingress',
    origin: { kind: 'image', image },
  };
}

function nameOf(image: string): { readonly familiar: string } {
  const reference = parseImageReference(image);
  return reference.kind === 'name' ? reference : { familiar: reference.id };
}
