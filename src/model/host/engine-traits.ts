import { anyIPv4, anyIPv6, type HostAddress } from '../ports/address.ts';

/** The engine families, which have different rules. */
export type EngineKind = 'docker' | 'podman';

/** The behavior of an engine that decides whether a publish succeeds; differs by engine and version. */
export interface EngineTraits {
  /** The sockets that a publish without an address opens. */
  readonly anyAddresses: readonly HostAddress[];
  /**
   * How often the engine tries another port of a pool when the system refuses one. With 0 it tries only the first port
   * that is free in its own table, and which one that is depends on a cursor that the API does not expose.
   */
  readonly poolRetries: number;
  /** Whether one port number must be free in both families; else the engine allocates one for each family. */
  readonly sameNumberInBothFamilies: boolean;
  /**
   * Whether publishes of one container port with the same pool, or all without a host port, get separate ports. Else
   * they share one number, which must be free on each of their addresses.
   */
  readonly allocatesSeparately: boolean;
  /** Whether UDP ports are bound with SO_REUSEADDR, and so shared with a holder that has it too. */
  readonly udpReuseAddress: boolean;
  /** Whether a host range with one container port is a pool; else the engine rejects it. */
  readonly pools: boolean;
  /** Whether the engine opens sockets for SCTP. */
  readonly bindsSctp: boolean;
  /** Whether the engine accepts container port 0 when it creates a container. */
  readonly zeroTarget: boolean;
  /** Whether the engine accepts IPv4-mapped IPv6 addresses (`::ffff:127.0.0.1`). */
  readonly mappedAddresses: boolean;
  /** Whether the engine merges identical publishes. */
  readonly mergesRepeats: boolean;
  /** Whether the engine reports the exit code of a container that it removes by itself (`--rm`). */
  readonly reportsExitCodeAfterRemoval: boolean;
  /** Whether container inspect reports the full configuration, so that the container can be recreated. */
  readonly reportsFullConfig: boolean;
}

/**
 * The source of a row. `measured`: tested against that engine. `source`: read in its source code only. Rows of a
 * version that was not tested are `source` even if the version before or after it was measured.
 */
export type Evidence = 'measured' | 'source';

interface TraitChange {
  readonly engine: EngineKind;
  /** The first version with this behavior. */
  readonly since: string;
  readonly evidence: Evidence;
  readonly reason: string;
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
    // libpod/oci_util.go writes the address without brackets: "too many colons in address" (measured: 4.3.1).
    mappedAddresses: false,
    // pkg/specgen/generate/ports.go joins mappings of one address and protocol (measured: 4.3.1).
    mergesRepeats: true,
    reportsExitCodeAfterRemoval: false,
    // The Docker API of 4.3.1 leaves out static addresses and the stop timeout, and reports limits and network modes in
    // a form that its own create request rejects (measured).
    reportsFullConfig: false,
  },
};

/** Every change of behavior, oldest first. A new engine version that behaves as before needs no row. */
export const traitChanges: readonly TraitChange[] = [
  {
    engine: 'docker',
    since: '20.10',
    evidence: 'measured',
    reason: 'the oldest engine version with traits of its own: 20.10.24',
    changes: {},
  },
  {
    engine: 'docker',
    since: '27.0',
    evidence: 'source',
    reason:
      'moby libnetwork: ports of all addresses are taken together and a refused pool port is retried',
    changes: { poolRetries: 10, sameNumberInBothFamilies: true },
  },
  {
    engine: 'docker',
    since: '28.0',
    evidence: 'measured',
    reason:
      '28.5.2: sockets are bound by dockerd itself, UDP with SO_REUSEADDR; equal pools get one number',
    changes: { allocatesSeparately: false, udpReuseAddress: true },
  },
  {
    engine: 'docker',
    since: '29.0',
    evidence: 'source',
    reason: 'moby osallocator_linux.go: SO_REUSEADDR for TCP and SCTP only',
    changes: { udpReuseAddress: false },
  },
  {
    engine: 'docker',
    since: '29.2',
    evidence: 'source',
    reason: 'moby daemon/container.go validatePortBindings refuses container port 0',
    changes: { zeroTarget: false },
  },
  {
    engine: 'podman',
    since: '4.0',
    evidence: 'measured',
    reason: '4.3.1: conmon listens, on IPv4 alone when no address is given',
    changes: {},
  },
  {
    engine: 'podman',
    since: '5.0',
    evidence: 'source',
    reason: 'libpod/oci_util.go as in 4',
    changes: {},
  },
  {
    engine: 'podman',
    since: '6.0',
    evidence: 'source',
    reason: 'libpod/oci_util.go: dual-stack sockets, bound without listening',
    changes: { anyAddresses: [anyIPv4, anyIPv6] },
  },
];

/** An engine and its version; without a version, the newest. */
export interface EngineVersion {
  readonly kind: EngineKind;
  readonly version?: string | undefined;
}

/** Returns the traits of an engine version: all changes up to it, applied in order. */
export function traitsOf({ kind, version }: EngineVersion): EngineTraits {
  const changes = appliedChanges(kind, version).map((row) => row.changes);
  return Object.assign({}, firstTraits[kind], ...changes);
}

/** Returns whether the behavior of this version was measured or only read in its source. */
export function evidenceOf({ kind, version }: EngineVersion): Evidence {
  return appliedChanges(kind, version).at(-1)?.evidence ?? 'source';
}

/** The traits to assume when no engine responds: those of the newest Docker. */
export const defaultTraits: EngineTraits = traitsOf({ kind: 'docker' });

function appliedChanges(kind: EngineKind, version: string | undefined): readonly TraitChange[] {
  return traitChanges.filter(
    ({ engine, since }) =>
      engine === kind && (version === undefined || compareVersions(version, since) >= 0),
  );
}

/** Compares versions by their leading numbers; returns a negative number if `one` is older. Ignores suffixes. */
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

/** The rules of an operating system for two sockets on one port. */
export interface PlatformTraits {
  /** Whether a wildcard socket and a socket of one address exclude each other. */
  readonly wildcardExcludesSpecific: 'yes' | 'possible';
  /** Whether a probe may listen on a wildcard address. On other systems that opens a firewall dialog. */
  readonly wildcardProbe: boolean;
}

const platformTraits: Readonly<Record<'linux' | 'darwin' | 'win32', PlatformTraits>> = {
  linux: { wildcardExcludesSpecific: 'yes', wildcardProbe: true },
  // BSD sockets with SO_REUSEADDR: *:P and 127.0.0.1:P may both be bound, the specific one responds.
  darwin: { wildcardExcludesSpecific: 'possible', wildcardProbe: false },
  // Without SO_EXCLUSIVEADDRUSE a wildcard and a specific socket can coexist.
  win32: { wildcardExcludesSpecific: 'possible', wildcardProbe: false },
};

/** Returns the traits of a value of `process.platform`; unknown platforms get those of Linux. */
export function platformTraitsOf(platform: string): PlatformTraits {
  return platform === 'darwin' || platform === 'win32'
    ? platformTraits[platform]
    : platformTraits.linux;
}

/** The rules that decide a verdict: those of an engine on a platform. */
export interface Rules extends EngineTraits {
  readonly platform: PlatformTraits;
  /** The range that the engine and outgoing connections allocate ports from, if known. */
  readonly ephemeral?: { readonly first: number; readonly last: number } | undefined;
}

/** The rules of the newest Docker on Linux. */
export const defaultRules: Rules = { ...defaultTraits, platform: platformTraits.linux };
