import type { SkipReason } from '../edit.ts';
import { blockEnd, blockStart, detectLineEnding } from '../managed-block.ts';
import { applyChanges, type TextChange } from '../text-change.ts';
import { type OverrideLayout, type OverrideService, readLayout } from './layout.ts';

/** An override file, with the port lists that portplan manages. */
export interface OverrideFile {
  /** Services whose ports are in a managed block. */
  readonly owned: readonly string[];
  /** Returns why the ports of a service cannot be written here; `undefined` if they can. */
  skipReasonFor(service: string): SkipReason | undefined;
  /**
   * Returns the text of the file with these lists of ports (lines under `ports: !override`, by service) and without
   * those of other owned services. Everything else stays byte for byte. Returns `undefined` if the file would be empty.
   */
  withPorts(lists: ReadonlyMap<string, readonly string[]>): string | undefined;
}

/** Reads an override file; returns the reason if its syntax is not supported. `file` is its name in messages. */
export function readOverride(
  path: string,
  file: string,
  text: string | undefined,
): OverrideFile | SkipReason {
  const layout = readLayout(path, file, text ?? '');
  if ('reason' in layout) return layout;
  const { services } = layout;
  return {
    owned: [...services.values()].flatMap(({ name, block }) => (block ? [name] : [])),
    skipReasonFor: (service) => services.get(service)?.skipReason,
    withPorts: (lists) => rewrite(layout, text, lists),
  };
}

function rewrite(
  layout: OverrideLayout,
  before: string | undefined,
  lists: ReadonlyMap<string, readonly string[]>,
): string | undefined {
  const { path, text, services, servicesKey } = layout;
  const changes: TextChange[] = [];
  const change = (start: number, end: number, replacement: string) =>
    void changes.push({ path, start, end, text: replacement });

  const emptied = [...services.values()].filter(({ name, block, firstKey }) => {
    return block !== undefined && firstKey === undefined && !lists.has(name);
  });
  const added = [...lists.keys()].filter((name) => !services.has(name));
  for (const service of services.values()) changePorts(service, text, lists, change);
  for (const { keyStart } of emptied)
    change(lineStart(text, keyStart), lineEnd(text, keyStart), '');
  const isBare = added.length === 0 && emptied.length > 0 && emptied.length === services.size;
  if (isBare && servicesKey !== undefined) {
    change(lineStart(text, servicesKey), lineEnd(text, servicesKey), '');
  }
  if (added.length > 0) addServices(layout, added, lists, change);
  if (changes.length === 0) return before;
  return withContent(applyChanges(path, text, changes), detectLineEnding(text));
}

type AddChange = (start: number, end: number, replacement: string) => void;

function changePorts(
  { name, keyStart, firstKey, block, portsStart }: OverrideService,
  text: string,
  lists: ReadonlyMap<string, readonly string[]>,
  change: AddChange,
): void {
  const list = lists.get(name);
  if (block !== undefined && portsStart !== undefined) {
    const lines = list === undefined ? '' : toBlock(list, columnOf(text, portsStart), text);
    const isOpen = block.end === text.length && !text.endsWith('\n');
    change(block.start, block.end, isOpen ? lines.replace(/\r?\n$/, '') : lines);
  } else if (list !== undefined && firstKey !== undefined) {
    const at = lineStart(text, firstKey);
    change(at, at, toBlock(list, columnOf(text, firstKey), text));
  } else if (list !== undefined) {
    insertBelow(text, keyStart, toBlock(list, columnOf(text, keyStart) + 2, text), change);
  }
}

function addServices(
  { text, services, servicesKey, emptyEnd }: OverrideLayout,
  names: readonly string[],
  lists: ReadonlyMap<string, readonly string[]>,
  change: AddChange,
): void {
  const lineBreak = detectLineEnding(text);
  const [first] = services.values();
  const column = first
    ? columnOf(text, first.keyStart)
    : servicesKey
      ? columnOf(text, servicesKey) + 2
      : 2;
  const blocks = names.map((name) => {
    const key =
      /^[\w.-]*[A-Za-z_][\w.-]*$/.test(name) && !isReservedWord(name) ? name : JSON.stringify(name);
    return `${' '.repeat(column)}${key}:${lineBreak}${toBlock(lists.get(name) ?? [], column + 2, text)}`;
  });
  const lines = blocks.join('');
  if (first !== undefined) {
    const at = lineStart(text, first.keyStart);
    change(at, at, lines);
  } else if (servicesKey !== undefined) {
    if (emptyEnd !== undefined) change(servicesKey, emptyEnd, 'services:');
    insertBelow(text, emptyEnd ?? servicesKey, lines, change);
  } else {
    const isOpen = text !== '' && text !== '\uFEFF' && !text.endsWith('\n');
    change(text.length, text.length, `${isOpen ? lineBreak : ''}services:${lineBreak}${lines}`);
  }
}

/** Whether some YAML reader does not parse the name as a string. */
function isReservedWord(name: string): boolean {
  return /^(y|yes|n|no|true|false|on|off|null|\.inf|\.nan|[\d.]+e\d+|0[xob]\w+)$/i.test(name);
}

function insertBelow(text: string, key: number, lines: string, change: AddChange): void {
  const at = lineEnd(text, key);
  const isOpen = at === text.length && !text.endsWith('\n');
  change(at, at, isOpen ? `${detectLineEnding(text)}${lines}` : lines);
}

function toBlock(list: readonly string[], column: number, text: string): string {
  const indent = ' '.repeat(column);
  const items = list.map((line) => `  ${line}`);
  const ports = list.length === 0 ? 'ports: !override []' : 'ports: !override';
  const lines = [blockStart, ports, ...items, blockEnd];
  const lineBreak = detectLineEnding(text);
  return lines.map((line) => `${indent}${line}${lineBreak}`).join('');
}

function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

/** The offset after the line. */
function lineEnd(text: string, offset: number): number {
  const newline = text.indexOf('\n', offset);
  return newline < 0 ? text.length : newline + 1;
}

function columnOf(text: string, offset: number): number {
  return offset - lineStart(text, offset);
}

/** Returns `undefined` for an empty file, and adds `services: {}` to one with comments only: Compose rejects both. */
function withContent(text: string, lineBreak: string): string | undefined {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const isContent = (line: string) => !/^\s*(#.*|---\s*)?$/.test(line);
  if (lines.some(isContent)) return text;
  if (lines.every((line) => line.trim() === '')) return undefined;
  return `${text}${text.endsWith('\n') ? '' : lineBreak}services: {}${lineBreak}`;
}
