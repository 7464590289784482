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

/** Returns one block per error: title, message, meaning, holders, remedies and pitfalls. */
export function renderExplanation(
  { problems, container }: ExplainReport,
  options: TextOptions,
): string {
  if (problems.length === 0) return nothingFound(container);
  return problems.map((problem) => problemBlock(problem, options)).join('\n\n');
}

function nothingFound(container: FailedContainer | undefined): string {
  if (container === undefined) return 'no known port error found in the text';
  const { name, state, exitCode, error } = container;
  const exit = exitCode === undefined || state === 'running' ? '' : ` (exit code ${exitCode})`;
  const engineMessage = error === undefined ? '' : `; the engine says: ${error}`;
  return safeText(
    `container ${name} is ${state}${exit}, and no port conflict keeps it from starting${engineMessage}`,
  );
}

function problemBlock(problem: ExplainedError, options: TextOptions): string {
  const { error, meaning, status, holders, remedies, pitfalls } = problem;
  const shown = holders.slice(0, 3);
  return [
    titleOf(error, options),
    hangingRow('message', error.message, options),
    hangingRow('meaning', meaning, options),
    ...shown.flatMap((holder) =>
      describeHolder(holder).map((line, index) =>
        hangingRow(index === 0 ? holderLabels[status] : '', line, options),
      ),
    ),
    ...(holders.length > shown.length
      ? [hangingRow('', `and ${holders.length - shown.length} more`, options)]
      : []),
    ...(statusLines[status] === undefined ? [] : [hangingRow('now', statusLines[status], options)]),
    ...remedies.flatMap((remedy, index) => advice(index === 0 ? 'fix' : 'or', remedy, options)),
    ...pitfalls.flatMap((trap) => advice('note', trap, options)),
  ].join('\n');
}

function titleOf(error: PortError, { style }: TextOptions): string {
  const parts = [endpointText(error), error.container && `for container ${error.container}`];
  const subject = parts.filter(Boolean).join(' ');
  const title = style.error(portErrorTitles[error.code].replace(/\.$/, ''));
  return subject === '' ? title : `${title}: ${style.bold(safeText(subject))}`;
}

/** `0.0.0.0:8080/tcp`, as far as the message names them. */
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
  own: 'held by the container itself: a later start succeeded',
  itself: 'the container publishes the port twice',
  free: 'the port is free',
  unknown: 'unknown whether the port is in use',
  unasked: undefined,
};

function advice(
  label: string,
  { text, command }: { readonly text: string; readonly command?: string | undefined },
  options: TextOptions,
): readonly string[] {
  const line = hangingRow(label, text, options);
  return command === undefined ? [line] : [line, commandRow(command, options)];
}
