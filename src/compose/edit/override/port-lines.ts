import { isAlias, isScalar, type Node, visit, type YAMLMap } from 'yaml';
import { publishedText } from '../../../model/ports/publish.ts';
import type { FileSystem } from '../../files/file-system.ts';
import type { ComposeProject, ComposePublish } from '../../project.ts';
import { type ParsedDocument, parseDocuments } from '../../yaml/document.ts';
import { readTextIfExists } from '../virtual-files.ts';

/** Writes publishes as items of a `ports` list. */
export interface PortWriter {
  /** Returns the lines of one item, starting with its dash. */
  linesOf(publish: ComposePublish): readonly string[];
}

/**
 * Returns a writer that uses the short syntax if it can express the publish, else the long syntax, with mode, name and
 * app_protocol copied from the file of the publish.
 */
export function createPortWriter(fileSystem: FileSystem): PortWriter {
  const cache = new Map<string, readonly Mapping[]>();
  const mappingsIn = (path: string): readonly Mapping[] => {
    const mappings =
      cache.get(path) ?? readMappings(path, readTextIfExists(fileSystem, path) ?? '');
    cache.set(path, mappings);
    return mappings;
  };
  return {
    linesOf(publish) {
      const { syntax, range } = publish.entry;
      const mapping =
        syntax === 'long'
          ? mappingsIn(range.path).find(({ start }) => start === range.start)
          : undefined;
      const extras = mapping === undefined ? [] : extrasOf(mapping);
      const isShort = publish.mode === 'ingress' && extras.length === 0;
      return isShort ? [`- "${shortText(publish)}"`] : longLines(publish, extras);
    },
  };
}

/** A mapping of a file, with its start offset. */
interface Mapping {
  readonly start: number;
  readonly map: YAMLMap;
  readonly document: ParsedDocument;
}

function readMappings(path: string, text: string): readonly Mapping[] {
  const source = { path, file: path, text: text.replace(/\r(?!\n)/g, '\n') };
  return parseDocuments(source).flatMap((document) => {
    const mappings: Mapping[] = [];
    if (document.root === undefined) return mappings;
    visit(document.root, {
      Map(_key, map) {
        if (map.range) mappings.push({ start: map.range[0], map, document });
      },
    });
    return mappings;
  });
}

const extraKeys = ['name', 'app_protocol'] as const;

function extrasOf({ map, document }: Mapping): readonly string[] {
  return extraKeys.flatMap((key) => {
    const node = map.get(key, true) as Node | undefined;
    const value = isAlias(node) ? document.targets.get(node) : node;
    if (!isScalar(value) || !value.range) return [];
    const text = document.source.text.slice(value.range[0], value.range[1]);
    return text.includes('\n') ? [] : [`${key}: ${text}`];
  });
}

function shortText(publish: ComposePublish): string {
  const { hostIp, target, protocol } = publish;
  const container = protocol === 'tcp' ? `${target}` : `${target}/${protocol}`;
  const host = publishedText(publish);
  if (hostIp === '') return host === '' ? container : `${host}:${container}`;
  return `${hostIp.includes(':') ? `[${hostIp}]` : hostIp}:${host}:${container}`;
}

function longLines(publish: ComposePublish, extras: readonly string[]): readonly string[] {
  const { hostIp, target, protocol, mode } = publish;
  const published = publishedText(publish);
  const [first, ...others] = [
    `target: ${target}`,
    ...(published === '' ? [] : [`published: "${published}"`]),
    ...(hostIp === '' ? [] : [`host_ip: "${hostIp}"`]),
    ...(protocol === 'tcp' ? [] : [`protocol: ${protocol}`]),
    ...(mode === 'host' ? ['mode: host'] : []),
    ...extras,
  ];
  return [`- ${first}`, ...others.map((line) => `  ${line}`)];
}

/** Writes complete lists of ports. */
export interface PortLists {
  /** Returns the items of a service's list, as lines. */
  linesOf(service: string, ports: readonly ComposePublish[]): readonly string[];
}

/** Returns a writer for the ports of a project's services. Ports with unset variables keep their text. */
export function createPortLists(project: ComposeProject, fileSystem: FileSystem): PortLists {
  const writer = createPortWriter(fileSystem);
  return {
    linesOf(name, ports) {
      const service = project.services.find((one) => one.name === name);
      const blanks = new Set(service?.unknownPorts.flatMap(({ blank }) => blank));
      const items = ports.map((publish) => {
        const keepsVariable = blanks.has(publish) && publish.entry.syntax === 'short';
        return keepsVariable
          ? [`- ${JSON.stringify(publish.entry.text)}`]
          : writer.linesOf(publish);
      });
      return [...new Set(items.map((item) => item.join('\n')))].flatMap((item) => item.split('\n'));
    },
  };
}
