import type { DeviceRequest } from '../create-body.ts';
import { invalidFlag } from '../flag-error.ts';
import { parseCsv } from './csv.ts';
import { splitKeyValue, toMap } from './key-value.ts';

/**
 * Parses a value of `--gpus` (docker/cli: opts/gpus.go): `all`, a number, or CSV of `driver`, `count`, `device`,
 * `capabilities` and `options`, where a value with commas is quoted: `"device=0,2",capabilities=utility`.
 * @throws PortplanError `invalid-usage`
 */
export function parseGpus(text: string): DeviceRequest {
  const fields = parseCsv(text);
  if (fields === undefined) throw invalidGpus(text, 'the quotes do not match');
  const values = new Map<string, string>();
  for (const field of fields) {
    const [first, second] = splitKeyValue(field);
    const key = second === undefined ? 'count' : first;
    if (!keys.includes(key)) throw invalidGpus(text, `unknown key "${first}"`);
    if (values.has(key)) throw invalidGpus(text, `duplicate key ${key}`);
    values.set(key, second ?? first);
  }
  return toRequest(text, values);
}

const keys = ['driver', 'count', 'device', 'capabilities', 'options'];

function toRequest(text: string, values: ReadonlyMap<string, string>): DeviceRequest {
  const devices = values.get('device')?.split(',');
  const count = values.get('count');
  const capabilities = values.get('capabilities')?.split(',') ?? [];
  const options = values.get('options');
  return {
    Driver: values.get('driver'),
    Count: count === undefined ? (devices === undefined ? 1 : 0) : toCount(text, count),
    DeviceIDs: devices,
    Capabilities: [[...capabilities, 'gpu']],
    Options: options === undefined ? undefined : toMap(parseCsv(options) ?? [options]),
  };
}

function toCount(text: string, count: string): number {
  if (count === 'all') return -1;
  if (/^-?\d{1,9}$/.test(count)) return Number(count);
  throw invalidGpus(text, `invalid count "${count}"`);
}

function invalidGpus(text: string, reason: string) {
  return invalidFlag('gpus', text, reason, `expected all, a number, or '"device=0,1"'`);
}
