/**
 * 4 or 6 for an IP literal, else 0. node:net is asked for when it is needed and not before: it takes some milliseconds to
 * load, and most files name no address.
 */
export function ipVersion(text: string): 0 | 4 | 6 {
  return process.getBuiltinModule('node:net').isIP(text) as 0 | 4 | 6;
}
