import { basename } from 'node:path';

/** A process as ps(1) shows it. */
export interface ListedProcess {
  readonly user: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string | undefined;
  readonly command: string;
}

/** The processes of `ps -ww -o pid=,user=,lstart=,command=` in the C locale. */
export function parsePs(text: string): ReadonlyMap<number, ListedProcess> {
  const rows = text.matchAll(
    /^[ \t]*(\d+)[ \t]+(\S+)[ \t]+\w{3} (\w{3} [ \d]\d [\d:]{8} \d{4})[ \t]+(\S.*)$/gm,
  );
  return new Map(
    [...rows].map(([, pid, user = '', start = '', command = '']) => [
      Number(pid),
      { user, startedAt: toTime(start), command: command.trimEnd() },
    ]),
  );
}

/** The names of the programs of `ps -ww -o pid=,comm=`: on macOS their whole paths. */
export function parsePsNames(text: string): ReadonlyMap<number, string> {
  const rows = text.matchAll(/^[ \t]*(\d+)[ \t]+(\S.*)$/gm);
  return new Map([...rows].map(([, pid, path = '']) => [Number(pid), basename(path.trimEnd())]));
}

/** ps prints the time of the host, without its zone. */
function toTime(text: string): string | undefined {
  const time = new Date(text);
  return Number.isNaN(time.getTime()) ? undefined : time.toISOString();
}
