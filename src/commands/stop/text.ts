import { describeHolder, summarizeHolder } from '../../model/findings/describe-holder.ts';
import type { StoppedItem, StopReport, StopState } from '../../model/findings/report.ts';
import { formatEndpoint } from '../../model/host/binding.ts';
import { safeText } from '../../model/text/safe-text.ts';
import { row } from '../../output/rows.ts';
import type { Style } from '../../output/style.ts';
import type { TextOptions } from '../../output/table.ts';

/** Returns the outcome for each container and port. */
export function renderStop({ items }: StopReport, options: TextOptions): string {
  return items.flatMap((item) => linesOf(item, options)).join('\n');
}

const labels: Readonly<Record<StopState, { readonly text: string; readonly paint: keyof Style }>> =
  {
    stopped: { text: 'stopped', paint: 'success' },
    'not-running': { text: 'stopped', paint: 'success' },
    free: { text: 'free', paint: 'success' },
    skipped: { text: 'held', paint: 'error' },
    failed: { text: 'failed', paint: 'error' },
  };

function linesOf(item: StoppedItem, options: TextOptions): readonly string[] {
  const { text, paint } = labels[item.state];
  const head = `${options.style[paint](text.padEnd(8))}  ${options.style.bold(safeText(headOf(item)))}`;
  const { remedy, message } = item;
  return [
    head,
    ...holderLines(item).map((line, index) => row(index === 0 ? 'held by' : '', line, options)),
    ...(message === undefined ? [] : [row('reason', message, options)]),
    ...(remedy === undefined ? [] : [row('fix', remedy.command ?? remedy.text, options)]),
    ...(remedy?.command === undefined
      ? []
      : [row('', `(${remedy.text})`, options, options.style.dim)]),
  ];
}

function headOf({ target, state, binding, holder = binding?.holder }: StoppedItem): string {
  const name = holder?.kind === 'container' ? summarizeHolder({ holder, state: 'running' }) : '';
  const who = name === '' ? target : name;
  switch (state) {
    case 'stopped':
    case 'failed':
      return binding === undefined ? who : `${who} held ${target}`;
    case 'not-running':
      return `${who} was not running`;
    case 'free':
      return `${target} is not in use`;
    case 'skipped':
      return binding === undefined ? who : formatTarget(target, binding);
    default:
      return state satisfies never;
  }
}

function formatTarget(target: string, binding: NonNullable<StoppedItem['binding']>): string {
  const endpoint = formatEndpoint(binding);
  return endpoint.endsWith(target) && endpoint !== target
    ? `${target} on ${binding.address}`
    : target;
}

function holderLines({ state, binding }: StoppedItem): readonly string[] {
  return state === 'skipped' && binding !== undefined ? describeHolder(binding) : [];
}
