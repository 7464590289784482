import { posix } from 'node:path';
import type { DeviceMapping, DeviceRequest } from '../create-body.ts';
import { invalidFlag } from '../flag-error.ts';

/** A device of the host, or a name of the Container Device Interface (CDI). */
export type DeviceFlag =
  | { readonly kind: 'mapping'; readonly mapping: DeviceMapping }
  | { readonly kind: 'cdi'; readonly name: string };

// VENDOR/CLASS=NAME (tags.cncf.io/container-device-interface)
const cdiName =
  /^[A-Za-z][\w.-]*[A-Za-z0-9]\/[A-Za-z](?:[\w-]*[A-Za-z0-9])?=[A-Za-z0-9](?:[\w.:-]*[A-Za-z0-9])?$/;

/**
 * Parses a value of `--device`: `SOURCE[:TARGET][:MODE]` with the paths of a Linux engine, or a CDI name
 * (docker/cli: opts.go, parseLinuxDevice and validateLinuxPath).
 * @throws PortplanError `invalid-usage`
 */
export function parseDevice(text: string): DeviceFlag {
  if (cdiName.test(text)) return { kind: 'cdi', name: text };
  const parts = text.split(':');
  const [source = '', second, third] = parts;
  const secondIsMode = parts.length === 2 && isMode(second);
  const mode = secondIsMode ? second : (third ?? 'rwm');
  const target = second === undefined || secondIsMode ? source : second;
  if (parts.length > 3 || source === '') throw invalidDevice(text, 'not a device');
  if (!isMode(mode)) throw invalidDevice(text, `invalid mode "${mode}"`);
  if (!posix.isAbsolute(target)) throw invalidDevice(text, `"${target}" is not an absolute path`);
  return {
    kind: 'mapping',
    mapping: {
      PathOnHost: source,
      PathInContainer: posix.normalize(target),
      CgroupPermissions: mode,
    },
  };
}

/** Returns the device request for CDI names; empty without names. */
export function toCdiRequest(names: readonly string[]): readonly DeviceRequest[] {
  return names.length === 0 ? [] : [{ Driver: 'cdi', DeviceIDs: names }];
}

function isMode(text: string | undefined): text is string {
  return text !== undefined && /^(?!.*(.).*\1)[rwm]{1,3}$/.test(text);
}

function invalidDevice(text: string, reason: string) {
  return invalidFlag('device', text, reason, 'expected /dev/SOURCE[:/dev/TARGET][:rwm]');
}
