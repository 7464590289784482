import { isMap, isScalar, isSeq, type Node } from 'yaml';
import type { FileSystem } from '../files/file-system.ts';
import { shownPath } from '../files/paths.ts';
import { type ComposeProject, publishesOf } from '../project.ts';
import { type ParsedDocument, parseDocuments } from '../yaml/document.ts';
import { type SourceFile, toLocation } from '../yaml/source.ts';
import type { EditWarning } from './edit.ts';
import { findManagedBlocks } from './managed-block.ts';
import type { Move } from './moves.ts';
import { readTextIfExists } from './virtual-files.ts';

/** How files are read, and the folder that locations are relative to. */
export interface SearchScope {
  readonly fileSystem: FileSystem;
  readonly cwd: string;
}

/**
 * Returns a warning for each place in the project that still has the old host port of a move: labels, environment,
 * addresses of other services, env files. Ignores container ports, which do not move: `http://web:8080` with a service
 * name, and numbers that the service itself listens on. Messages show no values, because they may be secret.
 */
export function findStaleReferences(
  project: ComposeProject,
  moves: readonly Move[],
  scope: SearchScope,
): readonly EditWarning[] {
  const search = createSearch(project, moves);
  const inFiles = [...new Set(project.filesRead)].flatMap((path) => {
    const source = toSource(path, scope);
    return source === undefined
      ? []
      : parseDocuments(source).flatMap((document) => search.inDocument(document));
  });
  const inEnvFiles = project.envFiles.flatMap((path) => {
    const source = toSource(path, scope);
    return source === undefined ? [] : search.inEnvFile(source);
  });
  return [...inFiles, ...inEnvFiles];
}

function toSource(path: string, { fileSystem, cwd }: SearchScope): SourceFile | undefined {
  const text = path === '-' ? undefined : readTextIfExists(fileSystem, path);
  if (text === undefined) return undefined;
  return { path, file: shownPath(path, cwd), text: text.replace(/\r(?!\n)/g, '\n') };
}

/** Keys of a service that contain no host port of another service. */
const withoutPorts = new Set([
  'ports',
  'expose',
  'image',
  'logging',
  'networks',
  'ulimits',
  'user',
]);

function createSearch(project: ComposeProject, moves: readonly Move[]) {
  const owners = new Map<number, Move>();
  for (const move of moves) {
    const old = move.publish.hostPorts?.first;
    if (old !== undefined && old !== move.ports.first && !owners.has(old)) owners.set(old, move);
  }
  const numbers = [...owners.keys()].join('|');
  const pattern = new RegExp(`(?<![\\w.])(?:${numbers || '(?!)'})(?![\\w-]|\\.\\d)`, 'g');
  const hosts = new Set(
    project.services.flatMap(({ name, containerName }) => [name, containerName ?? name]),
  );
  const targets = new Map(
    project.services.map((service) => [
      service.name,
      new Set(publishesOf(service).map(({ target }) => target)),
    ]),
  );
  const variables = new Set(moves.flatMap(({ publish }) => publish.entry.variables));
  const entries = project.services.flatMap(publishesOf).map(({ entry }) => entry.range);

  function toWarning(
    source: SourceFile,
    start: number,
    number: number,
    where: string,
  ): EditWarning {
    const move = owners.get(number);
    const message = `${where} still has ${number}, the old port of "${move?.service}"`;
    return {
      code: 'stale-reference',
      message,
      location: toLocation({ source, start, end: start }),
    };
  }

  function isContainerSide(
    text: string,
    index: number,
    number: number,
    path: readonly string[],
  ): boolean {
    const before = text.slice(Math.max(0, index - 300), index);
    const host = /([\w.-]+):$/.exec(before)?.[1];
    if (host !== undefined && hosts.has(host)) return true;
    const [top, service = '', property] = path;
    if (top !== 'services' || targets.get(service)?.has(number) !== true) return false;
    return (
      property === 'healthcheck' ||
      !/(localhost|127\.0\.0\.1|host\.docker\.internal):$/.test(before)
    );
  }

  function* inNode(
    document: ParsedDocument,
    node: unknown,
    path: readonly string[],
  ): Generator<EditWarning> {
    if (path.length === 3 && path[0] === 'services' && withoutPorts.has(path[2] ?? '')) return;
    if (isMap(node)) {
      for (const { key, value } of node.items) {
        yield* inNode(document, value, [...path, isScalar(key) ? String(key.value) : '?']);
      }
    } else if (isSeq(node)) {
      for (const item of node.items) yield* inNode(document, item, path);
    } else if (isScalar(node)) yield* inScalar(document, node as Node, path);
  }

  function* inScalar(
    { source }: ParsedDocument,
    node: Node,
    path: readonly string[],
  ): Generator<EditWarning> {
    const [start, end] = node.range ?? [0, 0];
    const inPorts = entries.some(
      (one) => one.path === source.path && start >= one.start && end <= one.end,
    );
    if (inPorts) return;
    const text = source.text.slice(start, end);
    for (const { index, 0: digits } of text.matchAll(pattern)) {
      const number = Number(digits);
      if (isContainerSide(text, index, number, path)) continue;
      yield toWarning(source, start + index, number, path.join('.'));
    }
  }

  return {
    inDocument: (document: ParsedDocument) => [...inNode(document, document.root, [])],
    inEnvFile(source: SourceFile): readonly EditWarning[] {
      const blocks = findManagedBlocks(source.text);
      return [...source.text.matchAll(pattern)].flatMap(({ index, 0: digits }) => {
        const line = source.text.slice(source.text.lastIndexOf('\n', index) + 1, index);
        const name = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*[=:]/.exec(line)?.[1];
        const inBlock = blocks.some(({ start, end }) => index >= start && index < end);
        if (name === undefined || inBlock || variables.has(name)) return [];
        return [toWarning(source, index, Number(digits), name)];
      });
    },
  };
}
