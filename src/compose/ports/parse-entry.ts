import { attempt, PortplanError } from '../../errors.ts';
import { parsePublish } from '../../model/ports/parse-publish.ts';
import { type Publish, publishedText } from '../../model/ports/publish.ts';
import type { ComposePublish, PortEntry, UnknownPort } from '../project.ts';
import { rangeOf, type SourcePosition, toLocation } from '../yaml/source.ts';
import { get, type MapNode, type ScalarNode, type TreeNode } from '../yaml/tree.ts';
import { atPosition, portRuleError } from './error.ts';
import { readLongPort } from './long-syntax.ts';
import { mergeKey } from './merge-key.ts';
import { suppressionsAt } from './suppressions.ts';

/** The service that a port belongs to. */
export interface PortOwner {
  readonly project: string;
  readonly service: string;
}

/** Result of reading one item of a `ports` list. */
export type ParsedPortEntry =
  | { readonly kind: 'publishes'; readonly publishes: readonly ComposePublish[] }
  | UnknownPort
  /** Compose accepts it, but the engine does not create or start the container. */
  | { readonly kind: 'not-startable'; readonly key: string; readonly error: PortplanError };

/**
 * Reads one item of a `ports` list: an integer or string in the short syntax, or a mapping in the long syntax.
 * Rules: compose-go, schema/compose-spec.json and types/types.go (ParsePortConfig).
 * @throws PortplanError `invalid-publish` with a location; its `reason` is a `PortRuleCode`.
 */
export function parsePortEntry(node: TreeNode, owner: PortOwner): ParsedPortEntry {
  if (node.kind === 'map') return readLong(node, owner);
  if (node.kind === 'scalar' && (node.type === 'string' || node.type === 'integer')) {
    return readShort(node, owner);
  }
  const actual = node.kind === 'scalar' ? `${node.type} ${node.raw}`.trim() : `a ${node.kind}`;
  const detail = `expected a string, an integer or a mapping, got ${actual}`;
  throw portRuleError(node.position, 'invalid-type', detail);
}

/** Longer text is never a port and would clutter error messages. */
const maxTextLength = 200;

function readShort(node: ScalarNode, owner: PortOwner): ParsedPortEntry {
  if (node.text.length > maxTextLength) {
    throw portRuleError(
      node.position,
      'invalid-host-port',
      `expected at most ${maxTextLength} characters, got ${node.text.length}`,
    );
  }
  const entry = toEntry('short', node.raw, node.position, [node]);
  const toPort = (): ParsedPortEntry => ({
    kind: 'publishes',
    publishes: toPublishes(node, owner, entry),
  });
  if (node.unset.length > 0) return toUnknownPort(entry, node.unset, toPort);
  try {
    return atPosition(node.position, toPort);
  } catch (error) {
    if (!(error instanceof PortplanError) || !isPoolFromZero(node.text)) throw error;
    return { kind: 'not-startable', key: node.text, error };
  }
}

function toPublishes(
  { text }: ScalarNode,
  owner: PortOwner,
  entry: PortEntry,
): readonly ComposePublish[] {
  const origin = originOf(owner, entry);
  return parsePublish(text, { origin }).map((publish) => {
    return { ...publish, origin, entry, key: shortKey(publish, text) };
  });
}

function shortKey(publish: Publish, text: string): string {
  const { hostIp, target, protocol } = publish;
  // Port 0 means the same as no host port, but has another key.
  const published =
    publish.hostPorts === undefined && hasPortZero(text) ? '0' : publishedText(publish);
  return mergeKey({
    hostIp: hostIp === '' ? undefined : hostIp,
    published: published === '' ? undefined : { type: 'string', text: published },
    target,
    protocol,
  });
}

function hasPortZero(text: string): boolean {
  return /(^|:)0+(-0+)?:[^:]*$/.test(text);
}

/** Compose accepts such a range; the engine rejects it on start with "invalid port range". */
function isPoolFromZero(text: string): boolean {
  return /(^|:)0+-0*[1-9]\d*:\d+(\/\w*)?$/.test(text);
}

const decisiveKeys = ['target', 'published', 'host_ip', 'protocol'] as const;

function readLong(node: MapNode, owner: PortOwner): ParsedPortEntry {
  const scalars = decisiveKeys.flatMap((key) => {
    const value = get(node, key);
    return value?.kind === 'scalar' ? [value] : [];
  });
  const position = trimTrailing(node);
  const text = position.source.text.slice(position.start, position.end);
  const published = get(node, 'published');
  const entry: PortEntry = {
    ...toEntry('long', text, position, scalars),
    ...(published && { publishedRange: rangeOf(published.position) }),
  };
  const toPort = (): ParsedPortEntry => {
    const long = readLongPort(node);
    if (long.kind === 'not-startable') return long;
    const publish = { ...long.publish, origin: originOf(owner, entry), entry, key: long.key };
    return { kind: 'publishes', publishes: [publish] };
  };
  const unset = scalars.flatMap((scalar) => scalar.unset);
  return unset.length > 0 ? toUnknownPort(entry, unset, toPort) : toPort();
}

/** The parser ends a block mapping where the next node begins; this ends it after its last value. */
function trimTrailing({ position, entries }: MapNode): SourcePosition {
  if (position.source.text[position.start] === '{') return position;
  const ends = [...entries.values()].flatMap(({ value }) => {
    const isInside =
      value?.position.source === position.source && value.position.start >= position.start;
    return isInside && value.position.end <= position.end ? [value.position.end] : [];
  });
  return { ...position, end: Math.max(position.start, ...ends) };
}

function toEntry(
  syntax: PortEntry['syntax'],
  text: string,
  position: SourcePosition,
  scalars: readonly ScalarNode[],
): PortEntry {
  return {
    syntax,
    text,
    location: toLocation(position),
    range: rangeOf(position),
    variables: [...new Set(scalars.flatMap((scalar) => scalar.variables))],
    suppressions: suppressionsAt(position),
  };
}

function originOf({ project, service }: PortOwner, { location }: PortEntry) {
  return { kind: 'compose', project, service, location } as const;
}

function toUnknownPort(
  entry: PortEntry,
  unset: readonly string[],
  asBlank: () => ParsedPortEntry,
): UnknownPort {
  const { text, location } = entry;
  const blank = publishesOrEmpty(asBlank);
  return { kind: 'unknown', text, variables: [...new Set(unset)], location, entry, blank };
}

function publishesOrEmpty(read: () => ParsedPortEntry): readonly ComposePublish[] {
  const port = attempt(read);
  return !(port instanceof PortplanError) && port.kind === 'publishes' ? port.publishes : [];
}
