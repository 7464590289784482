import { resolve } from 'node:path';
import { invalidFlag } from '../flag-error.ts';

/** A bind or named volume in the engine's notation, or an anonymous volume at a path. */
export type VolumeFlag =
  | { readonly kind: 'bind'; readonly bind: string }
  | { readonly kind: 'anonymous'; readonly target: string };

const hint = 'expected [SOURCE:]TARGET[:OPTIONS], such as ./data:/data:ro or cache:/var/cache';

/**
 * Parses a value of `-v` (docker/cli: internal/volumespec). A source that begins with `.` is resolved against `cwd`. The engine
 * validates the options.
 * @throws PortplanError `invalid-usage`
 */
export function parseVolume(text: string, cwd: string): VolumeFlag {
  const parts = splitParts(text);
  if (parts.includes('')) throw invalidFlag('volume', text, 'a part is empty', hint);
  if (parts.length > 3) throw invalidFlag('volume', text, 'expected at most three parts', hint);
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

/** Splits at colons except after a Windows drive letter: a volume name has more than one letter. */
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
    throw invalidFlag('volume', text, 'the shell did not expand "~"', 'use $HOME instead');
  }
  return source.startsWith('.') ? resolve(cwd, source) : source;
}
