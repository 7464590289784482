import { win32 } from 'node:path';

/** The full path of one of the system's own tools, so that no program of the same name can take its place. */
export function systemTool(name: string, env: NodeJS.ProcessEnv = process.env): string {
  return win32.join(env.SystemRoot ?? 'C:\\Windows', 'System32', name);
}
