import type { Resources, ThrottleDevice, WeightDevice } from '../create-body.ts';
import { invalidFlag } from '../flag-error.ts';
import type { FlagName } from '../flag-table.ts';
import type { FlagValues } from '../flag-values.ts';
import { parseDevice, toCdiRequest } from './device.ts';
import { parseGpus } from './gpus.ts';
import { parseSize } from './size.ts';
import { toUlimits } from './ulimit.ts';

/**
 * Returns the resources of the host that the container may use: memory, processors, block devices, devices.
 * @throws PortplanError `invalid-usage`
 */
export function toResources(flags: FlagValues): Resources {
  return { ...memory(flags), ...processors(flags), ...blockDevices(flags), ...devices(flags) };
}

function memory(flags: FlagValues): Resources {
  const swappiness = flags.integer('memory-swappiness');
  if (swappiness !== undefined && (swappiness < -1 || swappiness > 100)) {
    throw invalidFlag(
      'memory-swappiness',
      `${swappiness}`,
      'out of range',
      'expected 0 to 100, or -1',
    );
  }
  return {
    Memory: flags.size('memory'),
    MemoryReservation: flags.size('memory-reservation'),
    MemorySwap: flags.size('memory-swap'),
    MemorySwappiness: swappiness,
    OomKillDisable: flags.boolean('oom-kill-disable'),
    PidsLimit: flags.integer('pids-limit'),
    Ulimits: undefinedIfEmpty(toUlimits(flags.list('ulimit'))),
  };
}

function processors(flags: FlagValues): Resources {
  const cpus = flags.text('cpus');
  return {
    NanoCpus: cpus === undefined ? undefined : toNanoCpus(cpus),
    CpuShares: flags.integer('cpu-shares'),
    CpuPeriod: flags.integer('cpu-period'),
    CpuQuota: flags.integer('cpu-quota'),
    CpuRealtimePeriod: flags.integer('cpu-rt-period'),
    CpuRealtimeRuntime: flags.integer('cpu-rt-runtime'),
    CpusetCpus: flags.text('cpuset-cpus'),
    CpusetMems: flags.text('cpuset-mems'),
    CgroupParent: flags.text('cgroup-parent'),
  };
}

/** Parses a number of processors to 10⁻⁹ processors. */
function toNanoCpus(text: string): number {
  const [, whole = '', fraction = ''] = /^(\d{0,6})(?:\.(\d*?)0*)?$/.exec(text) ?? [];
  if (whole + fraction === '' || fraction.length > 9) {
    throw invalidFlag(
      'cpus',
      text,
      'not a number of processors',
      'expected a number such as 2 or 0.5',
    );
  }
  return Number(whole) * 1e9 + Number(fraction.padEnd(9, '0'));
}

function blockDevices(flags: FlagValues): Resources {
  const weight = flags.integer('blkio-weight');
  return {
    BlkioWeight:
      weight === undefined ? undefined : checkWeight('blkio-weight', `${weight}`, weight),
    BlkioWeightDevice: undefinedIfEmpty(flags.list('blkio-weight-device').map(toWeightDevice)),
    BlkioDeviceReadBps: throttles(flags, 'device-read-bps', parseSize),
    BlkioDeviceWriteBps: throttles(flags, 'device-write-bps', parseSize),
    BlkioDeviceReadIOps: throttles(flags, 'device-read-iops', toCount),
    BlkioDeviceWriteIOps: throttles(flags, 'device-write-iops', toCount),
  };
}

function toWeightDevice(text: string): WeightDevice {
  const [path, weight] = splitDevice('blkio-weight-device', text);
  return { Path: path, Weight: checkWeight('blkio-weight-device', text, toCount(weight)) };
}

function checkWeight(flag: FlagName, text: string, weight: number | undefined): number {
  if (weight === 0 || (weight !== undefined && weight >= 10 && weight <= 1000)) return weight;
  throw invalidFlag(flag, text, 'not a weight', 'expected 10 to 1000, or 0 to disable');
}

function throttles(
  flags: FlagValues,
  flag: FlagName<'list'>,
  toRate: (text: string) => number | undefined,
): readonly ThrottleDevice[] | undefined {
  return undefinedIfEmpty(
    flags.list(flag).map((text) => {
      const [path, rateText] = splitDevice(flag, text);
      const rate = toRate(rateText);
      if (rate === undefined) throw invalidFlag(flag, text, `invalid rate "${rateText}"`);
      return { Path: path, Rate: rate };
    }),
  );
}

function splitDevice(flag: FlagName, text: string): readonly [path: string, rest: string] {
  const [, path, rest] = /^(\/dev\/[^:]+):(.+)$/.exec(text) ?? [];
  if (path !== undefined && rest !== undefined) return [path, rest];
  throw invalidFlag(flag, text, 'the device is missing', 'expected /dev/NAME:VALUE');
}

function toCount(text: string): number | undefined {
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

// docker/cli: validateDeviceCgroupRule
const deviceRule = /^[acb] (\d+|\*):(\d+|\*) [rwm]{1,3}$/;

function devices(flags: FlagValues): Resources {
  const devicesGiven = flags.list('device').map(parseDevice);
  const rules = flags.list('device-cgroup-rule');
  for (const rule of rules) {
    if (!deviceRule.test(rule)) {
      throw invalidFlag(
        'device-cgroup-rule',
        rule,
        'not a rule',
        'expected TYPE MAJOR:MINOR MODE, such as "c 1:3 rwm"',
      );
    }
  }
  const cdi = devicesGiven.flatMap((device) => (device.kind === 'cdi' ? [device.name] : []));
  return {
    Devices: undefinedIfEmpty(
      devicesGiven.flatMap((device) => (device.kind === 'mapping' ? [device.mapping] : [])),
    ),
    DeviceCgroupRules: undefinedIfEmpty(rules),
    DeviceRequests: undefinedIfEmpty([...flags.list('gpus').map(parseGpus), ...toCdiRequest(cdi)]),
  };
}

function undefinedIfEmpty<Item>(list: readonly Item[]): readonly Item[] | undefined {
  return list.length === 0 ? undefined : list;
}
