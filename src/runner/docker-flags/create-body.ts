/**
 * Body of `POST /containers/create`, limited to fields that flags set (moby/moby: api/swagger.yaml). The engine chooses
 * absent fields. Without `ExposedPorts` and `PortBindings`, which are planned later.
 */
export interface ContainerBody {
  readonly Image: string;
  readonly Cmd?: readonly string[] | undefined;
  readonly Entrypoint?: readonly string[] | undefined;
  readonly Hostname?: string | undefined;
  readonly Domainname?: string | undefined;
  readonly User?: string | undefined;
  readonly WorkingDir?: string | undefined;
  readonly Env?: readonly string[] | undefined;
  readonly Labels?: Readonly<Record<string, string>> | undefined;
  /** Anonymous volumes; the values are empty objects. */
  readonly Volumes?: Readonly<Record<string, Readonly<Record<string, never>>>> | undefined;
  readonly Tty: boolean;
  readonly OpenStdin: boolean;
  readonly StdinOnce: boolean;
  readonly AttachStdin: boolean;
  readonly AttachStdout: boolean;
  readonly AttachStderr: boolean;
  readonly StopSignal?: string | undefined;
  /** Seconds. */
  readonly StopTimeout?: number | undefined;
  readonly Healthcheck?: Healthcheck | undefined;
  /** Used by engines before 25 only; later ones use the endpoint's. */
  readonly MacAddress?: string | undefined;
  readonly HostConfig: HostConfig;
  readonly NetworkingConfig: {
    readonly EndpointsConfig: Readonly<Record<string, EndpointSettings>>;
  };
}

/** Health check; times in nanoseconds. */
export interface Healthcheck {
  readonly Test?: readonly string[] | undefined;
  readonly Interval?: number | undefined;
  readonly Timeout?: number | undefined;
  readonly StartPeriod?: number | undefined;
  readonly StartInterval?: number | undefined;
  readonly Retries?: number | undefined;
}

/** Host-dependent settings; sizes in bytes. */
export interface HostConfig extends Resources {
  readonly Binds?: readonly string[] | undefined;
  readonly Mounts?: readonly Mount[] | undefined;
  readonly Tmpfs?: Readonly<Record<string, string>> | undefined;
  readonly VolumesFrom?: readonly string[] | undefined;
  readonly VolumeDriver?: string | undefined;
  readonly StorageOpt?: Readonly<Record<string, string>> | undefined;
  readonly ReadonlyRootfs?: boolean | undefined;
  readonly ContainerIDFile?: string | undefined;
  readonly LogConfig?: LogConfig | undefined;
  readonly NetworkMode: string;
  readonly RestartPolicy?: RestartPolicy | undefined;
  readonly AutoRemove?: boolean | undefined;
  readonly Init?: boolean | undefined;
  readonly Runtime?: string | undefined;
  readonly Isolation?: string | undefined;
  readonly Annotations?: Readonly<Record<string, string>> | undefined;
  readonly Privileged?: boolean | undefined;
  readonly CapAdd?: readonly string[] | undefined;
  readonly CapDrop?: readonly string[] | undefined;
  readonly GroupAdd?: readonly string[] | undefined;
  readonly SecurityOpt?: readonly string[] | undefined;
  /** Empty: no path of /proc and /sys is masked. Absent: the engine's default list. */
  readonly MaskedPaths?: readonly string[] | undefined;
  readonly ReadonlyPaths?: readonly string[] | undefined;
  readonly Sysctls?: Readonly<Record<string, string>> | undefined;
  readonly IpcMode?: string | undefined;
  readonly PidMode?: string | undefined;
  readonly UTSMode?: string | undefined;
  readonly UsernsMode?: string | undefined;
  readonly CgroupnsMode?: string | undefined;
  readonly Dns?: readonly string[] | undefined;
  readonly DnsSearch?: readonly string[] | undefined;
  readonly DnsOptions?: readonly string[] | undefined;
  readonly ExtraHosts?: readonly string[] | undefined;
  readonly Links?: readonly string[] | undefined;
  readonly ShmSize?: number | undefined;
  readonly OomScoreAdj?: number | undefined;
}

export interface Resources {
  readonly Memory?: number | undefined;
  readonly MemoryReservation?: number | undefined;
  readonly MemorySwap?: number | undefined;
  readonly MemorySwappiness?: number | undefined;
  readonly OomKillDisable?: boolean | undefined;
  readonly PidsLimit?: number | undefined;
  readonly NanoCpus?: number | undefined;
  readonly CpuShares?: number | undefined;
  readonly CpuPeriod?: number | undefined;
  readonly CpuQuota?: number | undefined;
  readonly CpuRealtimePeriod?: number | undefined;
  readonly CpuRealtimeRuntime?: number | undefined;
  readonly CpusetCpus?: string | undefined;
  readonly CpusetMems?: string | undefined;
  readonly CgroupParent?: string | undefined;
  readonly BlkioWeight?: number | undefined;
  readonly BlkioWeightDevice?: readonly WeightDevice[] | undefined;
  readonly BlkioDeviceReadBps?: readonly ThrottleDevice[] | undefined;
  readonly BlkioDeviceWriteBps?: readonly ThrottleDevice[] | undefined;
  readonly BlkioDeviceReadIOps?: readonly ThrottleDevice[] | undefined;
  readonly BlkioDeviceWriteIOps?: readonly ThrottleDevice[] | undefined;
  readonly Ulimits?: readonly Ulimit[] | undefined;
  readonly Devices?: readonly DeviceMapping[] | undefined;
  readonly DeviceCgroupRules?: readonly string[] | undefined;
  readonly DeviceRequests?: readonly DeviceRequest[] | undefined;
}

export interface WeightDevice {
  readonly Path: string;
  readonly Weight: number;
}

export interface ThrottleDevice {
  readonly Path: string;
  readonly Rate: number;
}

/** Limit of a resource; -1 means unlimited. */
export interface Ulimit {
  readonly Name: string;
  readonly Soft: number;
  readonly Hard: number;
}

export interface DeviceMapping {
  readonly PathOnHost: string;
  readonly PathInContainer: string;
  /** Some of `r`, `w` and `m`. */
  readonly CgroupPermissions: string;
}

/** Devices that a driver provides, such as GPUs. Count -1: all devices. */
export interface DeviceRequest {
  readonly Driver?: string | undefined;
  readonly Count?: number | undefined;
  readonly DeviceIDs?: readonly string[] | undefined;
  /** Alternatives: a device must have all capabilities of one inner list. */
  readonly Capabilities?: readonly (readonly string[])[] | undefined;
  readonly Options?: Readonly<Record<string, string>> | undefined;
}

export interface RestartPolicy {
  readonly Name: string;
  readonly MaximumRetryCount?: number | undefined;
}

export interface LogConfig {
  readonly Type: string;
  readonly Config: Readonly<Record<string, string>>;
}

export interface Mount {
  readonly Type: string;
  readonly Source?: string | undefined;
  readonly Target: string;
  readonly ReadOnly?: boolean | undefined;
  readonly Consistency?: string | undefined;
  readonly BindOptions?: BindOptions | undefined;
  readonly VolumeOptions?: VolumeOptions | undefined;
  readonly ImageOptions?: { readonly Subpath: string } | undefined;
  readonly TmpfsOptions?: TmpfsOptions | undefined;
}

export interface BindOptions {
  readonly Propagation?: string | undefined;
  readonly NonRecursive?: boolean | undefined;
  readonly CreateMountpoint?: boolean | undefined;
  readonly ReadOnlyNonRecursive?: boolean | undefined;
  readonly ReadOnlyForceRecursive?: boolean | undefined;
}

export interface VolumeOptions {
  readonly NoCopy?: boolean | undefined;
  readonly Subpath?: string | undefined;
  readonly Labels?: Readonly<Record<string, string>> | undefined;
  readonly DriverConfig?: DriverConfig | undefined;
}

export interface DriverConfig {
  readonly Name?: string | undefined;
  readonly Options?: Readonly<Record<string, string>> | undefined;
}

export interface TmpfsOptions {
  readonly SizeBytes?: number | undefined;
  readonly Mode?: number | undefined;
}

/** Attachment of a container to one network. */
export interface EndpointSettings {
  readonly IPAMConfig?: IpamConfig | undefined;
  readonly Aliases?: readonly string[] | undefined;
  readonly Links?: readonly string[] | undefined;
  readonly DriverOpts?: Readonly<Record<string, string>> | undefined;
  readonly MacAddress?: string | undefined;
  readonly GwPriority?: number | undefined;
}

export interface IpamConfig {
  readonly IPv4Address?: string | undefined;
  readonly IPv6Address?: string | undefined;
  readonly LinkLocalIPs?: readonly string[] | undefined;
}
