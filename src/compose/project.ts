import type { Location } from '../errors.ts';
import type { Origin, Publish } from '../model/ports/publish.ts';
import type { Suppression } from './ports/suppressions.ts';
import type { ComposeWarning } from './warnings.ts';
import type { SourceRange } from './yaml/source.ts';

/** A compose project: what its files say together. */
export interface ComposeProject {
  readonly name: string;
  /** Absolute; relative paths of the project start here. */
  readonly directory: string;
  /** The files that were given or found, absolute, lowest layer first; `-` is stdin. */
  readonly files: readonly string[];
  /** Every file that was read, those of `include` and `extends` too. */
  readonly filesRead: readonly string[];
  /** The env files that were read, absolute. */
  readonly envFiles: readonly string[];
  /** The profiles that are active. */
  readonly profiles: readonly string[];
  /** By name. */
  readonly services: readonly ComposeService[];
  /** Its networks and volumes. */
  readonly resources: readonly ComposeResource[];
  /** `x-portplan` of the top level, as plain data. */
  readonly extension: unknown;
  readonly extensionLocations: ExtensionLocations;
  readonly warnings: readonly ComposeWarning[];
}

/** A service, and what of it decides which ports are published when it starts. */
export interface ComposeService {
  readonly name: string;
  /** Whether `docker compose up` would start it with the profiles and services that were asked for. */
  readonly enabled: boolean;
  readonly profiles: readonly string[];
  readonly publishes: readonly ComposePublish[];
  /** Ports whose value depends on a variable that is not set. */
  readonly unknownPorts: readonly UnknownPort[];
  /** How many containers start; absent where that depends on an unset variable. */
  readonly replicas: number | undefined;
  readonly networkMode?: string | undefined;
  /** The networks it joins; empty with a network mode. Without any mention: the project's default one. */
  readonly networks: readonly ComposeNetwork[];
  readonly image?: string | undefined;
  readonly containerName?: string | undefined;
  readonly restart?: string | undefined;
  /** The services that start with it. */
  readonly dependsOn: readonly string[];
  /** `x-portplan` of the service, as plain data. */
  readonly extension: unknown;
  readonly extensionLocations: ExtensionLocations;
  readonly location: Location;
}

/** Where the values of an `x-portplan` stand, by their keys; under the empty key the whole. Empty where there is none. */
export type ExtensionLocations = ReadonlyMap<string, Location>;

/** A network or volume of the top level. */
export interface ComposeResource {
  readonly kind: 'network' | 'volume';
  /** Under which the services name it. */
  readonly key: string;
  /** Its name on the engine where the file sets one; else it is made of the project's name and the key. */
  readonly fixedName?: string | undefined;
  /** Not made by the project. */
  readonly external: boolean;
  /** Of a network: the address ranges that it asks for, in CIDR notation. */
  readonly subnets: readonly string[];
  readonly location: Location;
}

export interface ComposeNetwork {
  readonly name: string;
  /** Nothing is published from a network that has no way out. */
  readonly internal: boolean;
  readonly driver?: string | undefined;
  readonly external: boolean;
}

/** One item of a `ports` list, as it was written. */
export interface PortEntry {
  readonly syntax: 'short' | 'long';
  /** The short syntax before variables are filled in; of the long syntax its whole text. */
  readonly text: string;
  readonly location: Location;
  /** The scalar of the short syntax, or the mapping of the long syntax. */
  readonly range: SourceRange;
  /** The value of `published` in the long syntax, where it has one. */
  readonly publishedRange?: SourceRange | undefined;
  /** The variables that its value was made of. */
  readonly variables: readonly string[];
  /** What comments at its place allow. */
  readonly suppressions: readonly Suppression[];
}

/** A publish of a compose file. */
export interface ComposePublish extends Publish {
  readonly origin: Extract<Origin, { readonly kind: 'compose' }>;
  readonly entry: PortEntry;
  /** What Compose compares when it joins lists of ports: of two publishes with one key the later one stays. */
  readonly key: string;
}

/** A port that cannot be told, because a variable without default is not set. */
export interface UnknownPort {
  readonly kind: 'unknown';
  /** The text before variables are filled in. */
  readonly text: string;
  /** The variables that are not set. */
  readonly variables: readonly string[];
  readonly location: Location;
  readonly entry: PortEntry;
  /** What Compose makes of it by taking the empty text; nothing where it refuses that. */
  readonly blank: readonly ComposePublish[];
}

/**
 * All publishes of a service as `docker compose config` lists them: unset variables as the empty text, and one publish
 * per key.
 */
export function publishesOf(service: ComposeService): readonly ComposePublish[] {
  const publishes = new Map<string, ComposePublish>();
  const blank = service.unknownPorts.flatMap((port) => port.blank);
  for (const publish of [...service.publishes, ...blank]) publishes.set(publish.key, publish);
  return [...publishes.values()];
}
