/** The fields that make a port what it is for Compose. */
export interface KeyFields {
  /** Absent and `0.0.0.0` are the same. */
  readonly hostIp: string | undefined;
  /** Text and an integer never match, even with the same digits, and neither does an empty text match nothing. */
  readonly published: { readonly type: 'string' | 'integer'; readonly text: string } | undefined;
  readonly target: number;
  readonly protocol: string;
}

/**
 * The key by which Compose finds duplicates in a list of ports: addresses and protocols compare as text.
 * Rules: compose-go, override/uncity.go (portIndexer), whose `%s` of an integer is no plain number.
 */
export function mergeKey({ hostIp = '0.0.0.0', published, target, protocol }: KeyFields): string {
  return `${hostIp}:${describePublished(published)}:${target}/${protocol}`;
}

function describePublished(published: KeyFields['published']): string {
  if (published === undefined) return '(none)';
  return published.type === 'string' ? published.text : `(integer ${published.text})`;
}
