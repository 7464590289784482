import { describeHolder } from '../../model/findings/describe-holder.ts';
import type {
  ErrorStatus,
  ExplainedError,
  FailedContainer,
} from '../../model/findings/explanation.ts';
import { type PortError, portErrorTitles } from '../../model/findings/port-error.ts';
import type { ExplainReport } from '../../model/findings/report.ts';
import { formatAddressPort } from '../../model/ports/address.ts';
import { safeText } from '../../model/text/safe-text.ts';
import type { TextOptions } from '../../output/table.ts';
import { commandRow, hangingRow } from '../../output/wrap.ts';

/** Each error for itself: its title, the engine's words, what they mean, who has the port, what to do, what to mind. */
export function renderExplanation(
  { problems, container }: ExplainReport,
  paper: TextOptions,
): string {
  if (problems.length === 0) return nothingFound(container);
  return problems.map((problem) => problemBlock(problem, paper)).join('\n\n');
}

function nothingFound(container: FailedContainer | undefined): string {
  if (container === undefined) return 'no error about ports in there that portplan knows';
  const { name, state, exitCode, error } = container;
  const exit = exitCode === undefined || state === 'running' ? '' : ` (exit code ${exitCode})`;
  const said = error === undefined ? '' : `; the engine says: ${error}`;
  return safeText(
    `container ${name} is ${state}${exit}, and no port keeps it from starting${said}`,
  );
}

function problemBlock(problem: ExplainedError, paper: TextOptions): string {
  const { error, meaning, status, holders, remedies, pitfalls } = problem;
  const shown = holders.slice(0, 3);
  return [
    titleOf(error, paper),
    hangingRow('message', error.message, paper),
    hangingRow('meaning', meaning, paper),
    ...shown.flatMap((holder) =>
      describeHolder(holder).map((line, index) =>
        hangingRow(index === 0 ? holderLabels[status] : '', line, paper),
      ),
    ),
    ...(holders.length > shown.length
      ? [hangingRow('', `and ${holders.length - shown.length} more`, paper)]
      : []),
    ...(statusLines[status] === undefined ? [] : [hangingRow('now', statusLines[status], paper)]),
    ...remedies.flatMap((remedy, index) => advice(index === 0 ? 'fix' : 'or', remedy, paper)),
    ...pitfalls.flatMap((trap) => advice('note', trap, paper)),
  ].join('\n');
}

function titleOf(fault: PortError, { style }: TextOptions): string {
  const what = [endpointText(fault), fault.container && `for container ${fault.container}`];
  const place = what.filter(Boolean).join(' ');
  const title = style.error(portErrorTitles[fault.code].replace(/\.$/, ''));
  return place === '' ? title : `${title}: ${style.bold(safeText(place))}`;
}

/** `0.0.0.0:8080/tcp`, as far as the message tells. */
function endpointText({ address, port, protocol }: PortError): string {
  if (port === undefined) return '';
  const place =
    address === undefined || address === '*' ? `${port}` : formatAddressPort(address, port);
  return protocol === undefined ? place : `${place}/${protocol}`;
}

const holderLabels: Readonly<Record<ErrorStatus, string>> = {
  held: 'now held by',
  perhaps: 'perhaps by',
  own: 'now held by',
  itself: 'now held by',
  free: 'now held by',
  unknown: 'now held by',
  unasked: 'now held by',
};

const statusLines: Readonly<Record<ErrorStatus, string | undefined>> = {
  held: undefined,
  perhaps: undefined,
  own: 'it is the container itself: a later start has succeeded',
  itself: 'the container stands in its own way',
  free: 'nobody has it any more',
  unknown: 'it cannot be seen from here whether somebody has it',
  unasked: undefined,
};

function advice(
  label: string,
  { text, command }: { readonly text: string; readonly command?: string | undefined },
  paper: TextOptions,
): readonly string[] {
  const line = hangingRow(label, text, paper);
  return command === undefined ? [line] : [line, commandRow(command, paper)];
}
