/** A process as tasklist shows it. */
export interface ListedTask {
  readonly name: string;
  /** The Windows services that it runs. */
  readonly services: string | undefined;
}

/**
 * Returns the processes of `tasklist /svc /fo csv /nh` by pid. The word for "no services" is in the language of the
 * system; names of services differ from it in form.
 */
export function parseTasklist(text: string): ReadonlyMap<number, ListedTask> {
  const rows = text.matchAll(/^"([^"]+)","(\d+)","([^"]*)"/gm);
  return new Map(
    [...rows].map(([, name = '', pid, services = '']) => [
      Number(pid),
      { name, services: /^[\w$.-]+(,[\w$.-]+)*$/.test(services) ? services : undefined },
    ]),
  );
}
