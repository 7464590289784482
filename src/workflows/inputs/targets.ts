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

/** What a user asks about: words, and values of `-p`. */
export interface TargetRequest {
  readonly targets?: readonly string[] | undefined;
  readonly publish?: readonly string[] | undefined;
}

/** The same, read. */
export interface ParsedTargets {
  /** Host ports, each a question for itself; none twice. */
  readonly ports: readonly Publish[];
  /** Publishes that are to be up together. */
  readonly publishes: readonly Publish[];
  /** Compose files and folders. */
  readonly paths: readonly string[];
  readonly images: readonly string[];
  readonly notes: readonly string[];
}

/**
 * Reads targets and `-p` values. Nothing is asked of an engine yet.
 * @throws PortplanError `invalid-publish`, `invalid-usage`, `invalid-input`
 */
export function parseTargets({ targets = [], publish = [] }: TargetRequest): ParsedTargets {
  const read = targets.map((text) => parseTarget(text, existsSync));
  const flags = publish.map((text) => parsePublishFlag(text));
  const ports = read.flatMap((target) => (target.kind === 'ports' ? target.publishes : []));
  return {
    ports: uniqueByText(ports),
    publishes: [
      ...read.flatMap((target) => (target.kind === 'publish' ? target.publishes : [])),
      ...flags.flatMap(({ publishes }) => publishes),
    ],
    paths: read.flatMap((target) => (target.kind === 'path' ? [target.path] : [])),
    images: read.flatMap((target) => (target.kind === 'image' ? [target.image] : [])),
    notes: flags.flatMap(({ ignored }) => ignoredNote(ignored)),
  };
}

function uniqueByText(publishes: readonly Publish[]): readonly Publish[] {
  return [...new Map(publishes.map((publish) => [formatPublish(publish), publish])).values()];
}

/** docker drops these keys without a word, and so opens the port on every address. */
export function ignoredNote(keys: readonly string[]): readonly string[] {
  if (keys.length === 0) return [];
  return [
    `docker ignores ${keys.join(', ')} in the long form of -p; only published, target and protocol count`,
  ];
}

/** Every host port that is asked for by number. */
export function fixedPorts(publishes: readonly Publish[]): ReadonlySet<number> {
  return new Set(
    publishes.flatMap((publish) =>
      kindOf(publish) === 'fixed' ? (publish.hostPorts?.first ?? []) : [],
    ),
  );
}

/**
 * The ports that an image exposes, as publishes on which the planner may choose; on 127.0.0.1, because a published
 * port passes the host's firewall, unless another address is asked for.
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
      `no engine answered, so the ports of image ${familiar} are not known`,
      {
        hint: 'name the ports: portplan plan -p 80',
      },
    );
  }
  const found = await inspectImage(engine, image);
  if (found === undefined) {
    throw new PortplanError('image-unavailable', `the engine does not have image ${familiar}`, {
      hint: `${engine.command} pull ${familiar}, or name its ports with -p`,
    });
  }
  return found.exposed.map((port) => toPublish(port, image, hostIp));
}

/** An exposed port as a publish on which the planner may choose. */
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
