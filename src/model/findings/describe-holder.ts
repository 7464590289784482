import type { Binding, ContainerHolder, LeaseHolder, ProcessHolder } from '../host/binding.ts';

/** Returns the holder in two or three words: `blog-web-1`, `node (pid 7)`, `service web`. */
export function shortName({ holder }: Pick<Binding, 'holder'>): string {
  switch (holder.kind) {
    case 'container':
      return containerName(holder);
    case 'process':
      return processName(holder);
    case 'service':
      return `service ${holder.name}`;
    case 'lease':
      return leaseName(holder);
    case 'reserved':
      return holder.by;
    case 'unseen':
      return 'an unidentified holder';
    default:
      return holder satisfies never;
  }
}

/** Returns the container's name, else its short id (12 characters), else its forwarder. */
export function containerName({ name, id, forwarder }: ContainerHolder): string {
  return name ?? id?.slice(0, 12) ?? `a container behind ${forwarder ?? 'another engine'}`;
}

function leaseName({ project, service }: LeaseHolder): string {
  return `the lease of ${[project, service].filter(Boolean).join('/')}`;
}

function processName({ name, pid }: ProcessHolder): string {
  if (pid === undefined) return name ?? 'a process of another user';
  return name === undefined ? `process ${pid}` : `${name} (pid ${pid})`;
}

/** Returns the holder in one line, for tables. */
export function summarizeHolder({ holder, state }: Pick<Binding, 'holder' | 'state'>): string {
  switch (holder.kind) {
    case 'container':
      return compact([
        `${containerName(holder)}${inBrackets(holder.image)}`,
        holder.project &&
          `${[holder.project, holder.service].filter(Boolean).join('/')} in ${holder.directory ?? 'an unknown folder'}`,
        holder.engine && `run by ${holder.engine}`,
        holder.hostNetwork && 'on the host network',
      ]).join(', ');
    case 'process':
      return compact([
        holder.name ?? 'a process',
        holder.pid !== undefined && `pid ${holder.pid}`,
        holder.user && `user ${holder.user}`,
        stateWords[state],
      ]).join(', ');
    case 'lease':
      return `${leaseName(holder)} in ${holder.directory}`;
    case 'service':
    case 'reserved':
    case 'unseen':
      return shortName({ holder });
    default:
      return holder satisfies never;
  }
}

/** Returns all known details of a holder, one line per topic and without line ends: who, where, since when. */
export function describeHolder(
  { holder, state }: Binding,
  now: Date = new Date(),
): readonly string[] {
  switch (holder.kind) {
    case 'container':
      return compact([
        `${(holder.name ?? holder.id) ? 'container ' : ''}${containerName(holder)}${inBrackets(holder.image)}`,
        composeLine(holder),
        containerLine(holder, state, now),
      ]);
    case 'process':
      return describeProcess(holder, state, now);
    case 'service':
      return [
        `swarm service ${holder.name}${state === 'claimed' ? ', port not programmed yet' : ''}`,
      ];
    case 'lease':
      return [
        `lease of ${[holder.project, holder.service].filter(Boolean).join(' / ')}`,
        `in ${holder.directory}`,
      ];
    case 'reserved':
      return [`reserved by ${holder.by}`];
    case 'unseen':
      return ['unidentified: a bind fails, but no socket is listed'];
    default:
      return holder satisfies never;
  }
}

function composeLine({ project, service, directory }: ContainerHolder): string | undefined {
  if (project === undefined) return undefined;
  return compact([
    `compose project ${project}`,
    service && `service ${service}`,
    directory && `in ${directory}`,
  ]).join(', ');
}

function containerLine(
  holder: ContainerHolder,
  state: Binding['state'],
  now: Date,
): string | undefined {
  return compact([
    holder.engine && `run by ${holder.engine}`,
    holder.hostNetwork && 'on the host network',
    state === 'running' ? since('up', holder.startedAt, now) : stateWords[state],
    holder.restart !== undefined && holder.restart !== 'no' && `restarts ${holder.restart}`,
    holder.forwarder !== undefined &&
      holder.name === undefined &&
      holder.pid &&
      `forwarded by pid ${holder.pid}`,
  ]).join(', ');
}

const stateWords: Readonly<Record<Binding['state'], string | undefined>> = {
  running: undefined,
  paused: 'paused',
  restarting: 'restarting: free now, taken again in a moment',
  stopped: 'stopped: it takes the port when it starts',
  listening: undefined,
  bound: undefined,
  connected: 'local end of a connection',
  'time-wait': 'a closed connection in TIME-WAIT',
  ingress: undefined,
  claimed: undefined,
};

function describeProcess(
  holder: ProcessHolder,
  state: Binding['state'],
  now: Date,
): readonly string[] {
  const pid = holder.pid === undefined ? undefined : `pid ${holder.pid}`;
  const user = holder.user && `user ${holder.user}`;
  const first =
    pid === undefined && holder.name === undefined
      ? `a process${holder.user === undefined ? '' : ` of user ${holder.user}`} (not readable)`
      : compact([`process ${holder.name ?? ''}`.trim(), pid, user]).join(', ');
  return compact([
    first,
    holder.command !== holder.name && holder.command,
    compact([
      stateWords[state],
      isUnit(holder.unit) && `unit ${holder.unit}`,
      since('since', holder.startedAt, now),
    ]).join(', '),
  ]);
}

function inBrackets(text: string | undefined): string {
  return text === undefined ? '' : ` (${text})`;
}

/** Returns `up since 2026-11-23 09:14 UTC (2 hours)`; `undefined` without a start time. */
function since(word: string, startedAt: string | undefined, now: Date): string | undefined {
  if (startedAt === undefined) return undefined;
  const started = new Date(startedAt);
  if (Number.isNaN(started.getTime())) return undefined;
  const when = startedAt.slice(0, 16).replace('T', ' ');
  const prefix = word === 'since' ? 'since' : `${word} since`;
  return `${prefix} ${when} UTC (${formatDuration(now.getTime() - started.getTime())})`;
}

const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

/** Returns a duration (ms) in its largest unit, `2 hours`; `moments` below a minute. */
export function formatDuration(milliseconds: number): string {
  for (const [unit, length] of units) {
    const count = Math.floor(milliseconds / length);
    if (count >= 1) return `${count} ${unit}${count === 1 ? '' : 's'}`;
  }
  return 'moments';
}

function compact(parts: readonly (string | false | undefined | number | '')[]): string[] {
  return parts.filter((part): part is string => typeof part === 'string' && part !== '');
}

/** Returns whether the unit is one of systemd. Paths of other control groups are not shown: they do not help. */
function isUnit(unit: string | undefined): boolean {
  return unit !== undefined && /\.(service|scope|socket)$/.test(unit);
}
