import { resolve } from 'node:path';
import { invalidFlag } from '../flag-error.ts';

/** What `-v` asks for: a bind or named volume in the engine's own text, or an anonymous volume at a path. */
export type VolumeFlag =
  | { readonly kind: 'bind'; readonly bind: string }
  | { readonly kind: 'anonymous'; readonly target: string };

const hint = 'expected [SOURCE:]TARGET[:OPTIONS], such as ./data:/data:ro or cache:/var/cache';

/**
 * Reads a value of `-v` (docker/cli: internal/volumespec). A source that begins with `.` is a folder from `cwd` on.
 * The options are left to the engine.
 * @throws PortplanError `invalid-usage`
 */
export function parseVolume(text: string, cwd: string): VolumeFlag {
  const parts = splitParts(text);
  if (parts.includes('')) throw invalidFlag('volume', text, 'it has an empty part', hint);
  if (parts.length > 3) throw invalidFlag('volume', text, 'it has more than three parts', hint);
  const [first = '', second] = parts;
  const target = second ?? first;
  if (!/^([/\\]|[A-Za-z]:[/\\])/.test(target)) {
    throw invalidFlag(
      'volume',
      text,
      `the path in the container, "${target}", is not absolute`,
      hint,
    );
  }
  if (second === undefined) return { kind: 'anonymous', target };
  return { kind: 'bind', bind: [toSource(text, first, cwd), ...parts.slice(1)].join(':') };
}

/** At the colons, but for that of a Windows drive: a single letter cannot be the name of a volume. */
function splitParts(text: string): readonly string[] {
  const parts: string[] = [];
  for (const part of text.split(':')) {
    const drive = parts.at(-1);
    if (drive !== undefined && /^[A-Za-z]$/.test(drive)) {
      parts.splice(-1, 1, `${drive}:${part}`);
    } else parts.push(part);
  }
  return parts;
}

function toSource(text: string, source: string, cwd: string): string {
  if (/^~($|\/)/.test(source)) {
    throw invalidFlag(
      'volume',
      text,
      '"~" was not expanded by the shell',
      'write $HOME in its place',
    );
  }
  return source.startsWith('.') ? resolve(cwd, source) : source;
}
