import type { Conflict } from '../../model/findings/conflict.ts';
import { describeConflict } from '../../model/findings/describe-conflict.ts';
import type {
  OpenPort,
  StartedItem,
  StartReport,
  StartState,
} from '../../model/findings/report.ts';
import { formatAddressPort, toHostAddress } from '../../model/ports/address.ts';
import { safeText, shellQuote } from '../../model/text/safe-text.ts';
import { suggestionText } from '../../output/finding-message.ts';
import { adviceRows, holderRows, row } from '../../output/rows.ts';
import type { Style } from '../../output/style.ts';
import type { TextOptions } from '../../output/table.ts';

/** Returns one block per container: its state, then its URLs or why it did not start. */
export function renderStart({ containers }: StartReport, options: TextOptions): string {
  return containers.flatMap((item) => linesOf(item, options)).join('\n');
}

const labels: Readonly<Record<StartState, { readonly text: string; readonly paint: keyof Style }>> =
  {
    started: { text: 'started', paint: 'success' },
    'already-running': { text: 'running', paint: 'success' },
    remapped: { text: 'remapped', paint: 'success' },
    conflict: { text: 'conflict', paint: 'error' },
    failed: { text: 'failed', paint: 'error' },
  };

function linesOf(item: StartedItem, options: TextOptions): readonly string[] {
  const { text, paint } = labels[item.state];
  const { style } = options;
  const already = item.state === 'already-running' ? ' (was already running)' : '';
  const head = `${style[paint](text.padEnd(8))}  ${style.bold(safeText(item.name))}${already}`;
  return [
    head,
    ...item.ports.map((port) =>
      row('open at', `${portText(port)} -> ${port.target}/${port.protocol}`, options),
    ),
    ...item.moved.map(({ reason }) => row('moved', reason, options)),
    ...(item.image === undefined ? [] : [row('files', `in image ${item.image}`, options)]),
    ...(item.message === undefined ? [] : [row('reason', item.message, options)]),
    ...item.conflicts.flatMap((conflict) => conflictRows(conflict, options)),
    ...(item.hint === undefined ? [] : [row('fix', item.hint, options)]),
    ...remapRows(item, options),
  ];
}

function portText({ url, hostIp, port, protocol }: OpenPort): string {
  return url ?? `${formatAddressPort(toHostAddress(hostIp), port)}/${protocol}`;
}

function conflictRows(conflict: Conflict, options: TextOptions): readonly string[] {
  return [
    row('port', describeConflict(conflict), options),
    ...holderRows(conflict, options),
    // Free ports are shown with the command that takes them.
    ...adviceRows({ ...conflict, suggestion: undefined }, options),
  ];
}

/** Suggests --remap: an engine cannot change the ports of a container. */
function remapRows(
  { name, state, message, conflicts }: StartedItem,
  options: TextOptions,
): readonly string[] {
  const freePorts = conflicts.flatMap(({ suggestion }) => suggestion ?? []).map(suggestionText);
  if (state !== 'conflict' || message !== undefined || freePorts.length === 0) return [];
  const command = `portplan start --remap ${shellQuote(name)}`;
  return [
    row('or remap', command, options),
    row('', `(recreates it on ${[...new Set(freePorts)].join(', ')})`, options, options.style.dim),
  ];
}
