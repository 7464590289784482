import { readBounded } from './read-bounded.ts';

/** The names of users by their numbers, from the text of /etc/passwd; the first line of a number counts. */
export function parsePasswd(text: string): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  for (const line of text.split('\n')) {
    const [name, , uid] = line.split(':');
    if (!name || uid === undefined || !/^\d+$/.test(uid)) continue;
    if (!names.has(Number(uid))) names.set(Number(uid), name);
  }
  return names;
}

/** The local users. Those of a directory service are not in the file, and stay numbers. */
export function readUsers(passwd = '/etc/passwd'): ReadonlyMap<number, string> {
  return parsePasswd(readBounded(passwd, 1_048_576)?.toString('utf8') ?? '');
}
