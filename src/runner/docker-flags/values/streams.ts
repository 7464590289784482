import { flagConflict, invalidFlag } from '../flag-error.ts';
import type { FlagValues } from '../flag-values.ts';

/** Which of the container's streams exist, and which the client is attached to. */
export interface Streams {
  readonly Tty: boolean;
  readonly OpenStdin: boolean;
  /** The container's stdin ends when the client leaves. */
  readonly StdinOnce: boolean;
  readonly AttachStdin: boolean;
  readonly AttachStdout: boolean;
  readonly AttachStderr: boolean;
}

const names = ['stdin', 'stdout', 'stderr'];

/**
 * Reads `-i`, `-t`, `-a` and `-d`: without `-a` stdout and stderr, stdin with `-i`, and nothing with `-d`
 * (docker/cli: opts.go, parse; run.go, runContainer).
 * @throws PortplanError `invalid-usage` for an unknown stream, and for `-a` with `-d`.
 */
export function toStreams(flags: FlagValues): Streams {
  const attached = flags.list('attach').map(toStream);
  const Tty = flags.boolean('tty') ?? false;
  const OpenStdin = flags.boolean('interactive') ?? false;
  if (flags.boolean('detach')) {
    if (attached.length > 0) throw flagConflict('-a does not go with -d', 'leave one of them away');
    return {
      Tty,
      OpenStdin,
      StdinOnce: false,
      AttachStdin: false,
      AttachStdout: false,
      AttachStderr: false,
    };
  }
  const AttachStdin = OpenStdin || attached.includes('stdin');
  return {
    Tty,
    OpenStdin,
    StdinOnce: OpenStdin && AttachStdin,
    AttachStdin,
    AttachStdout: attached.length === 0 || attached.includes('stdout'),
    AttachStderr: attached.length === 0 || attached.includes('stderr'),
  };
}

function toStream(text: string): string {
  const stream = text.toLowerCase();
  if (names.includes(stream)) return stream;
  throw invalidFlag('attach', text, 'not a stream', `expected ${names.join(', ')}`);
}
