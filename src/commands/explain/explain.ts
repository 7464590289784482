import { type LastStart, readLastStart } from '../../engine/containers/last-start.ts';
import type { Engine } from '../../engine/open-engine.ts';
import { asPortplanError, PortplanError } from '../../errors.ts';
import type { PortError } from '../../model/findings/port-error.ts';
import type { ExplainReport } from '../../model/findings/report.ts';
import { inRange } from '../../model/ports/port.ts';
import { explainError } from '../../port-errors/explain.ts';
import type { ExplainHost, Leftover } from '../../port-errors/facts.ts';
import { parsePortErrors } from '../../port-errors/parse.ts';
import { type ScanOptions, type ScanResult, scan } from '../../scanner/scan.ts';
import { errorsOfContainer } from './container-errors.ts';
import { type InvestigatedError, investigateErrors } from './investigate.ts';

export interface ExplainOptions extends Pick<ScanOptions, 'host' | 'context' | 'timeoutMs'> {
  /** A text with errors in it, or the name or id of a container whose last start failed. */
  readonly text: string;
}

/**
 * Explains the port errors in a text: their meaning, the current holders, and remedies. A text without an error only
 * reaches the engine if it may be a container name.
 * @throws PortplanError as `scan`
 */
export async function explain({ text, ...options }: ExplainOptions): Promise<ExplainReport> {
  const errors = parsePortErrors(text);
  const name = errors.length === 0 ? containerName(text) : undefined;
  if (errors.length === 0 && name === undefined) return { ...emptyReport, sources: [], notes: [] };
  const ports = new Set<number>(errors.flatMap(({ port }) => port ?? []));
  await using host = await scan({ ...options, ports });
  return name === undefined
    ? await explainAll(
        errors.map((error) => ({ error })),
        host,
      )
    : await explainContainer(name, host);
}

const emptyReport = { command: 'explain', problems: [] } as const;

/** Returns the text if it can be a container name or ID; up to five digits count as a port. */
function containerName(text: string): string | undefined {
  const word = text.trim();
  return /^[A-Za-z0-9][A-Za-z0-9_.-]{0,254}$/.test(word) && !/^\d{1,5}$/.test(word)
    ? word
    : undefined;
}

async function explainContainer(name: string, host: ScanResult): Promise<ExplainReport> {
  const { engine, snapshot } = host;
  const last = engine && (await readLastStart(engine, name));
  if (last === undefined) {
    const notes = engine === undefined ? [] : [`container ${name} not found`];
    return { ...emptyReport, sources: snapshot.sources, notes: [...snapshot.notes, ...notes] };
  }
  const { holder, exitCode, error } = last;
  const report = await explainAll(await errorsOfContainer(last, host), host);
  const { state = 'unknown' } = holder;
  return { ...report, container: { name: holder.name ?? name, state, exitCode, error } };
}

/** An error, and the last start of its container if known. */
interface ReportedStart {
  readonly error: PortError;
  readonly last?: LastStart | undefined;
}

async function explainAll(
  reported: readonly ReportedStart[],
  host: ScanResult,
): Promise<ExplainReport> {
  const withStarts = await Promise.all(
    reported.map(async ({ error, last: known }) => {
      const last = known ?? (await readStartOf(error, host.engine));
      return { last, error: { ...error, container: last?.holder.name ?? error.container } };
    }),
  );
  const { cases, notes } = await investigateErrors(withStarts, host);
  const view = viewOf(host);
  return {
    command: 'explain',
    problems: cases.map(({ error, last, ...found }: InvestigatedError) =>
      explainError(error, { ...found, leftover: leftoverOf(error, last), host: view }),
    ),
    sources: host.snapshot.sources,
    notes: [...host.snapshot.notes, ...notes],
  };
}

/** The container of a message may be gone, or the text may come from another host. */
async function readStartOf(
  { container }: PortError,
  engine: Engine | undefined,
): Promise<LastStart | undefined> {
  if (container === undefined || containerName(container) === undefined) return undefined;
  const last = engine && (await readLastStart(engine, container).catch(asPortplanError));
  return last instanceof PortplanError ? undefined : last;
}

/** Returns the container that failed to start; a text of another host may name a container that exists here by chance. */
function leftoverOf({ port }: PortError, last: LastStart | undefined): Leftover | undefined {
  if (last === undefined) return undefined;
  const { name, state, project, service, startedAt } = last.holder;
  const isIdle = state === 'created' || state === 'configured' || state === 'exited';
  const hasFailed = startedAt === undefined || last.error !== undefined;
  const asks =
    port === undefined ||
    last.publishes.some(({ hostPorts }) => hostPorts !== undefined && inRange(port, hostPorts));
  if (name === undefined || !isIdle || !hasFailed || !asks) return undefined;
  return { name, project, service, ranBefore: startedAt !== undefined };
}

function viewOf({ facts, publishHost, engine, state }: ScanResult): ExplainHost {
  const machine = publishHost?.kind === 'forwarded' || publishHost?.kind === 'forwarded-silently';
  return {
    platform: facts.platform,
    wsl: facts.wsl,
    ephemeral: state.ports.ephemeral,
    engine: engine && {
      kind: engine.kind,
      command: engine.command,
      machine: machine ? publishHost.by : undefined,
      elsewhere: publishHost?.kind === 'other-host' ? publishHost.where : undefined,
    },
  };
}
