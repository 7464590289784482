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

/** The container to run and its ports. `undefined`: not given; the command applies its default. */
export interface RunRequest {
  readonly kind: 'run';
  /** The image as given. */
  readonly image: string;
  readonly command: readonly string[];
  /** All flags; `toContainerSpec` builds the create request from them. */
  readonly flags: FlagValues;
  /** The publishes of `-p`, in order. */
  readonly publishes: readonly Publish[];
  /** Keys of the long form of `-p` that docker ignores silently, such as `host_ip`. */
  readonly ignoredPublishKeys: readonly string[];
  /** `-P`: publish every exposed port that `-p` does not name. */
  readonly publishAll: boolean;
  /** The ports of `--expose`, without duplicates. */
  readonly exposed: readonly ExposedPort[];
  readonly planning: RunPlanningFlags;
  readonly engine: EngineFlags;
  readonly output: OutputFlags;
  readonly detach: boolean;
  /** Whether signals are forwarded to the container. */
  readonly sigProxy: boolean;
  readonly detachKeys?: string | undefined;
  readonly pull: 'always' | 'missing' | 'never';
  /** File for the container's ID; it must not exist. */
  readonly cidFile?: string | undefined;
}

/** Planning flags as given; `toPlanOptions` parses them for all commands. */
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
 * Parses the arguments after `portplan run`: flags, the image, then the command of the container.
 * @throws PortplanError `invalid-usage`, or `invalid-publish` for a value of `-p`.
 */
export function parseRunArguments(args: readonly string[]): RunArguments {
  const { flags, positionals } = parseFlags(args);
  if (flags.boolean('help')) return { kind: 'help' };
  const [image, ...command] = positionals;
  if (image === undefined || image === '') {
    throw new PortplanError('invalid-usage', 'missing image', {
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
    exposed: uniquePorts(flags.list('expose').flatMap(parseExpose)),
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

function uniquePorts(ports: readonly ExposedPort[]): readonly ExposedPort[] {
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
    throw flagConflict(
      "--format json requires -d: without it, stdout is the container's",
      'add -d',
    );
  }
  return {
    format,
    color: chosen(flags.text('color'), ['auto', 'always', 'never']),
    quiet: flags.boolean('quiet') ?? false,
    verbose: flags.boolean('verbose') ?? false,
  };
}

/** Returns the text typed as one of the flag's choices, which the parser has checked. */
function chosen<Choice extends string>(
  text: string | undefined,
  choices: readonly Choice[],
): Choice | undefined {
  return choices.find((choice) => choice === text);
}
