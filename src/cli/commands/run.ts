import type { Io } from '../io.ts';

export async function runCommand(_args: readonly string[], _io: Io): Promise<number> {
  return 0;
}
