import { createInterface } from 'node:readline/promises';
import { safeText } from '../model/safe-text.ts';
import type { Io } from './io.ts';

/** Asks a yes-or-no question on a terminal; anything but y or yes is no. */
export async function askOnTerminal(
  question: string,
  { stdin, stderr }: Pick<Io, 'stdin' | 'stderr'>,
): Promise<boolean> {
  const terminal = createInterface({ input: stdin, output: stderr });
  try {
    const answer = await terminal.question(`${safeText(question)} [y/N] `);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}
