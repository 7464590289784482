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
import type { Style } from '../../output/style.ts';
import type { TextOptions } from '../../output/table.ts';
import { adviceRows, holderRows, row } from '../check/text-rows.ts';

/** How each container was started, with its URLs; or what keeps it from starting. */
export function renderStart({ containers }: StartReport, paper: TextOptions): string {
  return containers.flatMap((item) => linesOf(item, paper)).join('\n');
}

const words: Readonly<Record<StartState, { readonly text: string; readonly paint: keyof Style }>> =
  {
    started: { text: 'started', paint: 'success' },
    'already-running': { text: 'running', paint: 'success' },
    remapped: { text: 'remapped', paint: 'success' },
    conflict: { text: 'conflict', paint: 'error' },
    failed: { text: 'failed', paint: 'error' },
  };

function linesOf(item: StartedItem, paper: TextOptions): readonly string[] {
  const { text, paint } = words[item.state];
  const { style } = paper;
  const already = item.state === 'already-running' ? ' was running already' : '';
  const head = `${style[paint](text.padEnd(8))}  ${style.bold(safeText(item.name))}${already}`;
  return [
    head,
    ...item.ports.map((port) =>
      row('open at', `${portText(port)} -> ${port.target}/${port.protocol}`, paper),
    ),
    ...item.moved.map(({ reason }) => row('moved', reason, paper)),
    ...(item.image === undefined ? [] : [row('files', `in image ${item.image}`, paper)]),
    ...(item.message === undefined ? [] : [row('because', item.message, paper)]),
    ...item.conflicts.flatMap((conflict) => conflictRows(conflict, paper)),
    ...(item.hint === undefined ? [] : [row('to do', item.hint, paper)]),
    ...remapRows(item, paper),
  ];
}

function portText({ url, hostIp, port, protocol }: OpenPort): string {
  return url ?? `${formatAddressPort(toHostAddress(hostIp), port)}/${protocol}`;
}

function conflictRows(conflict: Conflict, paper: TextOptions): readonly string[] {
  return [
    row('port', describeConflict(conflict), paper),
    ...holderRows(conflict, paper),
    // What is free instead is told with the command that takes it.
    ...adviceRows({ ...conflict, suggestion: undefined }, paper),
  ];
}

/** The way out that the engine does not have. */
function remapRows(
  { name, state, message, conflicts }: StartedItem,
  paper: TextOptions,
): readonly string[] {
  const places = conflicts.flatMap(({ suggestion }) => suggestion ?? []).map(suggestionText);
  if (state !== 'conflict' || message !== undefined || places.length === 0) return [];
  const command = `portplan start --remap ${shellQuote(name)}`;
  return [
    row('or move it', command, paper),
    row(
      '',
      `(makes it anew, as it is, on ${[...new Set(places)].join(', ')})`,
      paper,
      paper.style.dim,
    ),
  ];
}
