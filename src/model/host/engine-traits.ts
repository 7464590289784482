import { anyIPv4, anyIPv6, type HostAddress } from '../ports/address.ts';

/** The families of engines whose rules differ. */
export type EngineKind = 'docker' | 'podman';

/** What the verdict on a publish depends on, and differs by engine and version. */
export interface EngineTraits {
  /** The sockets that a publish without an address opens. */
  readonly anyAddresses: readonly HostAddress[];
  /**
   * How often the engine moves on to the next port of a pool when the system refuses one. 0: the first port that its
   * own table calls free decides, and which one that is depends on a cursor that the API does not show.
   */
  readonly poolRetries: number;
  /** Whether one number must be free in both families; else each family draws its own. */
  readonly sameNumberInBothFamilies: boolean;
  /**
   * Whether publishes of one container port that leave the choice to the engine in the same words (one pool, or no
   * host port) get a port each; else they get one number together, which their addresses must allow.
   */
  readonly allocatesSeparately: boolean;
  /** Whether UDP ports are bound with SO_REUSEADDR, and so shared with a holder that has it too. */
  readonly udpReuseAddress: boolean;
  /** Whether host ranges with one container port mean a choice; else they are refused. */
  readonly pools: boolean;
  /** Whether the engine opens a socket for SCTP at all. */
  readonly bindsSctp: boolean;
  /** Whether container port 0 is accepted when a container is created. */
  readonly zeroTarget: boolean;
  /** Whether an IPv4 address may be written as an IPv6 one (`::ffff:127.0.0.1`). */
  readonly mappedAddresses: boolean;
  /** Whether a publish that is given twice, word for word, counts once. */
  readonly mergesRepeats: boolean;
  /** Whether the engine reports the exit code of a container that it removes by itself (`--rm`). */
  readonly reportsExitCodeAfterRemoval: boolean;
  /** Whether an inspection reports the full configuration, so that the container can be recreated. */
  readonly reportsFullConfig: boolean;
}

/**
 * Where a row comes from. `measured`: run against that engine. `source`: read in its source only. Rows of a version
 * that was not run are `source` even if the version before or after it was measured.
 */
export type Evidence = 'measured' | 'source';

interface TraitChange {
  readonly engine: EngineKind;
  /** The first version that behaves so. */
  readonly since: string;
  readonly evidence: Evidence;
  readonly why: string;
  readonly changes: Partial<EngineTraits>;
}

const firstTraits: Readonly<Record<EngineKind, EngineTraits>> = {
  docker: {
    anyAddresses: [anyIPv4, anyIPv6],
    poolRetries: 0,
    sameNumberInBothFamilies: false,
    allocatesSeparately: true,
    udpReuseAddress: false,
    pools: true,
    bindsSctp: true,
    zeroTarget: true,
    mappedAddresses: true,
    mergesRepeats: false,
    reportsExitCodeAfterRemoval: true,
    reportsFullConfig: true,
  },
  podman: {
    anyAddresses: [anyIPv4],
    poolRetries: 0,
    sameNumberInBothFamilies: true,
    allocatesSeparately: true,
    udpReuseAddress: false,
    pools: false,
    bindsSctp: false,
    zeroTarget: false,
    // libpod/oci_util.go writes it without brackets: "too many colons in address" (measured: 4.3.1).
    mappedAddresses: false,
    // pkg/specgen/generate/ports.go joins mappings of one address and protocol (measured: 4.3.1).
    mergesRepeats: true,
    reportsExitCodeAfterRemoval: false,
    // The Docker API of 4.3.1 leaves out static addresses and the stop timeout, and reports limits and network modes in
    // a form that it does not accept itself (measured).
    reportsFullConfig: false,
  },
};

/** Every change of behavior, oldest first. A new engine version that behaves as before needs no row. */
export const traitChanges: readonly TraitChange[] = [
  {
    engine: 'docker',
    since: '20.10',
    evidence: 'measured',
    why: 'the oldest engine version with traits of its own: 20.10.24',
    changes: {},
  },
  {
    engine: 'docker',
    since: '27.0',
    evidence: 'source',
    why: 'moby libnetwork: ports of all addresses are taken together and a refused pool port is retried',
    changes: { poolRetries: 10, sameNumberInBothFamilies: true },
  },
  {
    engine: 'docker',
    since: '28.0',
    evidence: 'measured',
    why: '28.5.2: sockets are bound by dockerd itself, UDP with SO_REUSEADDR; like draws get one number',
    changes: { allocatesSeparately: false, udpReuseAddress: true },
  },
  {
    engine: 'docker',
    since: '29.0',
    evidence: 'source',
    why: 'moby osallocator_linux.go: SO_REUSEADDR for TCP and SCTP only',
    changes: { udpReuseAddress: false },
  },
  {
    engine: 'docker',
    since: '29.2',
    evidence: 'source',
    why: 'moby daemon/container.go validatePortBindings refuses container port 0',
    changes: { zeroTarget: false },
  },
  {
    engine: 'podman',
    since: '4.0',
    evidence: 'measured',
    why: '4.3.1: conmon listens, on IPv4 alone when no address is given',
    changes: {},
  },
  {
    engine: 'podman',
    since: '5.0',
    evidence: 'source',
    why: 'libpod/oci_util.go as in 4',
    changes: {},
  },
  {
    engine: 'podman',
    since: '6.0',
    evidence: 'source',
    why: 'libpod/oci_util.go: dual-stack sockets, bound without listening',
    changes: { anyAddresses: [anyIPv4, anyIPv6] },
  },
];

/** An engine whose rules are asked for; without a version, the newest is meant. */
export interface EngineVersion {
  readonly kind: EngineKind;
  readonly version?: string | undefined;
}

/** The traits of an engine, and how well they are known. */
export function traitsOf({ kind, version }: EngineVersion): EngineTraits {
  const changes = appliedChanges(kind, version).map((row) => row.changes);
  return Object.assign({}, firstTraits[kind], ...changes);
}

/** Whether the behavior of this version was measured, or only read in its source. */
export function evidenceOf({ kind, version }: EngineVersion): Evidence {
  return appliedChanges(kind, version).at(-1)?.evidence ?? 'source';
}

/** What a checker assumes when no engine answers: the newest Docker. */
export const defaultTraits: EngineTraits = traitsOf({ kind: 'docker' });

function appliedChanges(kind: EngineKind, version: string | undefined): readonly TraitChange[] {
  return traitChanges.filter(
    ({ engine, since }) =>
      engine === kind && (version === undefined || compareVersions(version, since) >= 0),
  );
}

/** Orders versions by their numbers: negative when `one` is older. What follows the numbers does not count. */
export function compareVersions(one: string, other: string): number {
  const [a, b] = [numbersOf(one), numbersOf(other)];
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function numbersOf(version: string): readonly number[] {
  return (/^\d+(?:\.\d+)*/.exec(version)?.[0] ?? '').split('.').map(Number);
}

/** How two sockets of one port share it on an operating system. */
export interface PlatformTraits {
  /** Whether a wildcard socket and one of a single address exclude each other. */
  readonly wildcardExcludesSpecific: 'yes' | 'possible';
  /** Whether a wildcard listen is harmless; elsewhere it opens a firewall dialog. */
  readonly wildcardProbe: boolean;
}

const platformTraits: Readonly<Record<'linux' | 'darwin' | 'win32', PlatformTraits>> = {
  linux: { wildcardExcludesSpecific: 'yes', wildcardProbe: true },
  // BSD sockets with SO_REUSEADDR: *:P and 127.0.0.1:P may both be bound, the specific one answers.
  darwin: { wildcardExcludesSpecific: 'possible', wildcardProbe: false },
  // Without SO_EXCLUSIVEADDRUSE a wildcard and a specific socket can coexist.
  win32: { wildcardExcludesSpecific: 'possible', wildcardProbe: false },
};

/** The traits of a platform as `process.platform` names it; others are taken for a Linux. */
export function platformTraitsOf(platform: string): PlatformTraits {
  return platform === 'darwin' || platform === 'win32'
    ? platformTraits[platform]
    : platformTraits.linux;
}

/** What a verdict is made under: an engine on a platform. */
export interface Rules extends EngineTraits {
  readonly platform: PlatformTraits;
  /** The ports that the engine and outgoing connections draw from, when known. */
  readonly ephemeral?: { readonly first: number; readonly last: number } | undefined;
}

export const defaultRules: Rules = { ...defaultTraits, platform: platformTraits.linux };
