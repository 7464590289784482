import type { Location } from '../errors.ts';
import type { Origin, Publish } from '../model/ports/publish.ts';
import type { Suppression } from './ports/suppressions.ts';
import type { ComposeWarning } from './warnings.ts';
import type { SourceRange } from './yaml/source.ts';

/** A Compose project: all its files merged. */
export interface ComposeProject {
  readonly name: string;
  /** Absolute; the project's relative paths start here. */
  readonly directory: string;
  /** The Compose files that were named or found, absolute, base file first; `-` is stdin. */
  readonly files: readonly string[];
  /** Every Compose file that was read, including those of `include` and `extends`. */
  readonly filesRead: readonly string[];
  /** Env files that were read, absolute. */
  readonly envFiles: readonly string[];
  /** Active profiles. */
  readonly profiles: readonly string[];
  /** Sorted by name. */
  readonly services: readonly ComposeService[];
  /** Top-level networks and volumes. */
  readonly resources: readonly ComposeResource[];
  /** The top-level `x-portplan`, as plain data. */
  readonly extension: unknown;
  readonly extensionLocations: ExtensionLocations;
  readonly warnings: readonly ComposeWarning[];
}

/** A service, with the fields that decide which ports it publishes. */
export interface ComposeService {
  readonly name: string;
  /** Whether `docker compose up` starts it with the given profiles and services. */
  readonly enabled: boolean;
  readonly profiles: readonly string[];
  readonly publishes: readonly ComposePublish[];
  /** Ports that depend on an unset variable. */
  readonly unknownPorts: readonly UnknownPort[];
  /** Number of containers; `undefined` if it depends on an unset variable. */
  readonly replicas: number | undefined;
  readonly networkMode?: string | undefined;
  /** Networks it joins: empty if it has a network mode, the project's default network if it names none. */
  readonly networks: readonly ComposeNetwork[];
  readonly image?: string | undefined;
  readonly containerName?: string | undefined;
  readonly restart?: string | undefined;
  /** Services that Compose starts together with it. */
  readonly dependsOn: readonly string[];
  /** The service's `x-portplan`, as plain data. */
  readonly extension: unknown;
  readonly extensionLocations: ExtensionLocations;
  readonly location: Location;
}

/** Locations of the values of an `x-portplan`, by key; the empty key is the whole mapping. Empty without `x-portplan`. */
export type ExtensionLocations = ReadonlyMap<string, Location>;

/** A top-level network or volume. */
export interface ComposeResource {
  readonly kind: 'network' | 'volume';
  /** The key that services refer to. */
  readonly key: string;
  /** Name on the engine, if the file sets one. Default: project name and key. */
  readonly fixedName?: string | undefined;
  /** Created outside the project. */
  readonly external: boolean;
  /** Subnets that a network requests, in CIDR notation. */
  readonly subnets: readonly string[];
  readonly location: Location;
}

/** A network that a service joins. */
export interface ComposeNetwork {
  readonly name: string;
  /** Internal networks publish no ports. */
  readonly internal: boolean;
  readonly driver?: string | undefined;
  readonly external: boolean;
}

/** One item of a `ports` list, as written in the file. */
export interface PortEntry {
  readonly syntax: 'short' | 'long';
  /** Short syntax: the text before interpolation. Long syntax: the text of the whole mapping. */
  readonly text: string;
  readonly location: Location;
  /** Range of the scalar (short syntax) or of the mapping (long syntax). */
  readonly range: SourceRange;
  /** Range of the value of `published` (long syntax only). */
  readonly publishedRange?: SourceRange | undefined;
  /** Variables that its text refers to. */
  readonly variables: readonly string[];
  /** Suppression comments on its line or directly above it. */
  readonly suppressions: readonly Suppression[];
}

/** A publish from a Compose file. */
export interface ComposePublish extends Publish {
  readonly origin: Extract<Origin, { readonly kind: 'compose' }>;
  readonly entry: PortEntry;
  /** Merge key: of two publishes with the same key, Compose keeps the later one. */
  readonly key: string;
}

/** A port whose value is unknown because a variable without a default is not set. */
export interface UnknownPort {
  readonly kind: 'unknown';
  /** Text before interpolation. */
  readonly text: string;
  /** Unset variables. */
  readonly variables: readonly string[];
  readonly location: Location;
  readonly entry: PortEntry;
  /** Publishes that Compose derives from empty values; empty if Compose rejects the result. */
  readonly blank: readonly ComposePublish[];
}

/**
 * Returns all publishes of a service as `docker compose config` lists them: unset variables become empty text, and each
 * merge key occurs once.
 */
export function publishesOf(service: ComposeService): readonly ComposePublish[] {
  const publishes = new Map<string, ComposePublish>();
  const blank = service.unknownPorts.flatMap((port) => port.blank);
  for (const publish of [...service.publishes, ...blank]) publishes.set(publish.key, publish);
  return [...publishes.values()];
}
