import { flagConflict, invalidFlag } from '../flag-error.ts';
import type { FlagValues } from '../flag-values.ts';

/** Streams of the container, and which of them the client attaches to. */
export interface Streams {
  readonly Tty: boolean;
  readonly OpenStdin: boolean;
  /** Whether the container's stdin ends when the client detaches. */
  readonly StdinOnce: boolean;
  readonly AttachStdin: boolean;
  readonly AttachStdout: boolean;
  readonly AttachStderr: boolean;
}

const names = ['stdin', 'stdout', 'stderr'];

/**
 * Parses `-i`, `-t`, `-a` and `-d`. Without `-a` attaches stdout and stderr, stdin with `-i`, and no stream with `-d`
 * (docker/cli: opts.go, parse; run.go, runContainer).
 * @throws PortplanError `invalid-usage` for an unknown stream, and for `-a` with `-d`
 */
export function toStreams(flags: FlagValues): Streams {
  const attached = flags.list('attach').map(toStream);
  const Tty = flags.boolean('tty') ?? false;
  const OpenStdin = flags.boolean('interactive') ?? false;
  if (flags.boolean('detach')) {
    if (attached.length > 0)
      throw flagConflict('-a cannot be combined with -d', 'remove one of them');
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
