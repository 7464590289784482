import { PortplanError } from '../errors.ts';
import { safeText } from '../model/text/safe-text.ts';
import type { Io } from './io.ts';

/** Whether stdin and stderr are terminals, so that a user can answer. */
export function canPrompt({ stdin, stderr }: Pick<Io, 'stdin' | 'stderr'>): boolean {
  return stdin.isTTY === true && stderr.isTTY === true;
}

/**
 * Returns a function that asks yes-or-no questions on the terminal. Returns `false` for all but y and yes, and for Ctrl-D.
 * @throws PortplanError `interrupted` with reason `prompt` for Ctrl-C, which readline takes from the terminal
 */
export function createPrompt(
  io: Pick<Io, 'stdin' | 'stderr'>,
): (question: string) => Promise<boolean> {
  return async (question) => {
    const { createInterface } = await import('node:readline');
    const terminal = createInterface({ input: io.stdin, output: io.stderr.asNodeStream() });
    try {
      return await new Promise((resolve, reject) => {
        terminal.once('SIGINT', () => reject(interrupted()));
        terminal.once('close', () => {
          io.stderr.write('\n');
          resolve(false);
        });
        terminal.question(`${safeText(question)} [y/N] `, (answer) => {
          terminal.removeAllListeners('close');
          resolve(/^y(es)?$/i.test(answer.trim()));
        });
      });
    } finally {
      terminal.removeAllListeners('close');
      terminal.close();
    }
  };
}

function interrupted(): PortplanError {
  return new PortplanError('interrupted', 'interrupted by SIGINT', {
    reason: 'prompt',
    exitCode: 130,
  });
}
