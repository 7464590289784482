import type { ExposedPort } from '../../engine/images/images.ts';
import { PortplanError } from '../../errors.ts';
import { parsePublishFlag } from '../../model/ports/parse-publish.ts';
import type { Publish } from '../../model/ports/publish.ts';
import { flagConflict } from './flag-error.ts';
import type { FlagValues } from './flag-values.ts';
import { parseFlags } from './parse-flags.ts';
import { parseExpose } from './values/expose.ts';

/** The command line of `portplan run`. */
export type RunArguments = { readonly kind: 'help' } | RunRequest;

/** What to run, on which ports, and how. Absent: the default is the command's to choose. */
export interface RunRequest {
  readonly kind: 'run';
  /** The image as it was written. */
  readonly image: string;
  readonly command: readonly string[];
  /** All flags; `toContainerSpec` makes the create request of them. */
  readonly flags: FlagValues;
  /** The ports of `-p`, in their order. */
  readonly publishes: readonly Publish[];
  /** Keys of the long form of `-p` that docker drops without a word, such as `host_ip`. */
  readonly ignoredPublishKeys: readonly string[];
  /** `-P`: publish every exposed port that `-p` does not name. */
  readonly publishAll: boolean;
  /** The ports of `--expose`, none twice. */
  readonly exposed: readonly ExposedPort[];
  readonly planning: RunPlanningFlags;
  readonly engine: EngineFlags;
  readonly output: OutputFlags;
  readonly detach: boolean;
  /** Whether signals are passed on to the container. */
  readonly sigProxy: boolean;
  readonly detachKeys?: string | undefined;
  readonly pull: 'always' | 'missing' | 'never';
  /** Where the container's id goes; the file must not be there yet. */
  readonly cidFile?: string | undefined;
}

/** As they were written; the planner's flags are read where all commands read them. */
export interface RunPlanningFlags {
  readonly hostIp?: string | undefined;
  readonly range?: string | undefined;
  readonly avoid: readonly string[];
  readonly onConflict?: 'next' | 'fail' | 'ask' | undefined;
}

export interface EngineFlags {
  readonly context?: string | undefined;
  readonly host?: string | undefined;
  readonly timeoutSeconds?: number | undefined;
}

export interface OutputFlags {
  readonly format?: 'table' | 'json' | 'flags' | undefined;
  readonly color?: 'auto' | 'always' | 'never' | undefined;
  readonly quiet: boolean;
  readonly verbose: boolean;
}

/**
 * Reads everything after `portplan run`: flags, the image, and the container's own words, which begin after it.
 * @throws PortplanError `invalid-usage`, or `invalid-publish` for a value of `-p`.
 */
export function parseRunArguments(args: readonly string[]): RunArguments {
  const { flags, words } = parseFlags(args);
  if (flags.boolean('help')) return { kind: 'help' };
  const [image, ...command] = words;
  if (image === undefined || image === '') {
    throw new PortplanError('invalid-usage', 'portplan run needs an image', {
      hint: 'portplan run [flags] IMAGE [COMMAND…]; flags come before the image',
    });
  }
  const detach = flags.boolean('detach') ?? false;
  const published = flags.list('publish').map((text) => parsePublishFlag(text));
  return {
    kind: 'run',
    image,
    command,
    flags,
    publishes: published.flatMap(({ publishes }) => publishes),
    ignoredPublishKeys: published.flatMap(({ ignored }) => ignored),
    publishAll: flags.boolean('publish-all') ?? false,
    exposed: withoutDoubles(flags.list('expose').flatMap(parseExpose)),
    planning: toPlanning(flags),
    engine: toEngine(flags),
    output: toOutput(flags, detach),
    detach,
    sigProxy: flags.boolean('sig-proxy') ?? true,
    detachKeys: flags.text('detach-keys'),
    pull: chosen(flags.text('pull'), ['always', 'missing', 'never']) ?? 'missing',
    cidFile: flags.text('cidfile'),
  };
}

function withoutDoubles(ports: readonly ExposedPort[]): readonly ExposedPort[] {
  return [...new Map(ports.map((port) => [`${port.target}/${port.protocol}`, port])).values()];
}

function toPlanning(flags: FlagValues): RunPlanningFlags {
  return {
    hostIp: flags.text('host-ip'),
    range: flags.text('range'),
    avoid: flags.list('avoid'),
    onConflict: chosen(flags.text('on-conflict'), ['next', 'fail', 'ask']),
  };
}

function toEngine(flags: FlagValues): EngineFlags {
  return {
    context: flags.text('context'),
    host: flags.text('host'),
    timeoutSeconds: flags.number('timeout'),
  };
}

function toOutput(flags: FlagValues, detach: boolean): OutputFlags {
  const format = chosen(flags.text('format'), ['table', 'json', 'flags']);
  if (format === 'json' && !detach) {
    throw flagConflict("--format json needs -d: else stdout is the container's own", 'add -d');
  }
  return {
    format,
    color: chosen(flags.text('color'), ['auto', 'always', 'never']),
    quiet: flags.boolean('quiet') ?? false,
    verbose: flags.boolean('verbose') ?? false,
  };
}

/** The text as one of the flag's values, which it is: the parser let no other pass. */
function chosen<Choice extends string>(
  text: string | undefined,
  choices: readonly Choice[],
): Choice | undefined {
  return choices.find((choice) => choice === text);
}
