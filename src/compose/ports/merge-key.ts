/** The fields by which Compose identifies a port. */
export interface KeyFields {
  /** `undefined` is the same as `0.0.0.0`. */
  readonly hostIp: string | undefined;
  /** A string and an integer never match, even with the same digits; an empty string never matches `undefined`. */
  readonly published: { readonly type: 'string' | 'integer'; readonly text: string } | undefined;
  readonly target: number;
  readonly protocol: string;
}

/**
 * Returns the key by which Compose finds duplicates in a list of ports; it compares addresses and protocols as text.
 * Rules: compose-go, override/uncity.go (portIndexer), which formats an integer with `%s` and so gets no plain number.
 */
export function mergeKey({ hostIp = '0.0.0.0', published, target, protocol }: KeyFields): string {
  return `${hostIp}:${describePublished(published)}:${target}/${protocol}`;
}

function describePublished(published: KeyFields['published']): string {
  if (published === undefined) return '(none)';
  return published.type === 'string' ? published.text : `(integer ${published.text})`;
}
