import { safeText } from '../model/text/safe-text.ts';
import type { Io } from './io.ts';

/** Whether somebody sits at a terminal who can answer. */
export function canPrompt({ stdin, stderr }: Pick<Io, 'stdin' | 'stderr'>): boolean {
  return stdin.isTTY === true && stderr.isTTY === true;
}

/** Asks yes-or-no questions on the terminal; anything but y or yes is no. */
export function createPrompt(
  io: Pick<Io, 'stdin' | 'stderr'>,
): (question: string) => Promise<boolean> {
  return async (question) => {
    const { createInterface } = await import('node:readline/promises');
    const terminal = createInterface({ input: io.stdin, output: io.stderr.toNode() });
    try {
      const answer = await terminal.question(`${safeText(question)} [y/N] `);
      return /^y(es)?$/i.test(answer.trim());
    } finally {
      terminal.close();
    }
  };
}
