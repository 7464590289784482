import { isAlias, isScalar, type Node, visit, type YAMLMap } from 'yaml';
import { publishedText } from '../../../model/ports/publish.ts';
import type { FileSystem } from '../../files/file-system.ts';
import type { ComposeProject, ComposePublish } from '../../project.ts';
import { type ParsedDocument, parseDocuments } from '../../yaml/document.ts';
import { readTextIfExists } from '../virtual-files.ts';

/** Writes publishes as items of a `ports` list. */
export interface PortWriter {
  /** The lines of one item, with its dash. */
  linesOf(publish: ComposePublish): readonly string[];
}

/**
 * Writes the short syntax where it says everything, else the long one: with mode, name and app_protocol as they stand
 * in the file that the publish comes from.
 */
export function createPortWriter(fileSystem: FileSystem): PortWriter {
  const known = new Map<string, readonly Mapping[]>();
  const mappingsIn = (path: string): readonly Mapping[] => {
    const found = known.get(path) ?? readMappings(path, readTextIfExists(fileSystem, path) ?? '');
    known.set(path, found);
    return found;
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

/** A mapping of a file, by where it begins. */
interface Mapping {
  readonly start: number;
  readonly map: YAMLMap;
  readonly document: ParsedDocument;
}

function readMappings(path: string, text: string): readonly Mapping[] {
  const source = { path, file: path, text: text.replace(/\r(?!\n)/g, '\n') };
  return parseDocuments(source).flatMap((document) => {
    const found: Mapping[] = [];
    if (document.root === undefined) return found;
    visit(document.root, {
      Map(_key, map) {
        if (map.range) found.push({ start: map.range[0], map, document });
      },
    });
    return found;
  });
}

const extraKeys = ['name', 'app_protocol'] as const;

function extrasOf({ map, document }: Mapping): readonly string[] {
  return extraKeys.flatMap((key) => {
    const written = map.get(key, true) as Node | undefined;
    const value = isAlias(written) ? document.targets.get(written) : written;
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

/** Writes whole lists of ports. */
export interface PortLists {
  /** The items of the list of a service, as lines. */
  linesOf(service: string, ports: readonly ComposePublish[]): readonly string[];
}

/** Writes the ports of a project's services; one whose variable is not set stays as it is, so that it may be set later. */
export function createPortLists(project: ComposeProject, fileSystem: FileSystem): PortLists {
  const writer = createPortWriter(fileSystem);
  return {
    linesOf(name, ports) {
      const service = project.services.find((one) => one.name === name);
      const blanks = new Set(service?.unknownPorts.flatMap(({ blank }) => blank));
      const items = ports.map((publish) => {
        const isOpen = blanks.has(publish) && publish.entry.syntax === 'short';
        return isOpen ? [`- ${JSON.stringify(publish.entry.text)}`] : writer.linesOf(publish);
      });
      return [...new Set(items.map((item) => item.join('\n')))].flatMap((item) => item.split('\n'));
    },
  };
}
