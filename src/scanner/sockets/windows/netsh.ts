import { win32 } from 'node:path';
import { isPort, type PortRange } from '../../../model/ports/port.ts';

/**
 * Returns the ranges of `netsh interface ipv4 show excludedportrange protocol=…`, in which no bind succeeds: rows of two ports,
 * and a `*` for those that an administrator made. Headers are in the language of the system.
 */
export function parseExcludedRanges(text: string): readonly PortRange[] {
  const rows = text.matchAll(/^[ \t]*(\d+)[ \t]+(\d+)[ \t]*\*?[ \t]*\r?$/gm);
  return [...rows].flatMap(([, first, last]) => toRange(Number(first), Number(last)) ?? []);
}

/** Returns the range of `netsh interface ipv4 show dynamicport …`: a first port and a number of ports, one line each. */
export function parseDynamicPorts(text: string): PortRange | undefined {
  const [first, size] = [...text.matchAll(/:\s*(\d+)\s*$/gm)].map(([, value]) => Number(value));
  return first === undefined || size === undefined ? undefined : toRange(first, first + size - 1);
}

function toRange(first: number, last: number): PortRange | undefined {
  return isPort(first) && isPort(last) && first <= last ? { first, last } : undefined;
}

/** Returns the full path of one of the system's own tools, so that no program of the same name replaces it. */
export function systemTool(name: string, env: NodeJS.ProcessEnv = process.env): string {
  return win32.join(env.SystemRoot ?? 'C:\\Windows', 'System32', name);
}
