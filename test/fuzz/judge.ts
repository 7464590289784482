import { PortplanError } from '../../src/errors.ts';
import { safeLines } from '../../src/model/text/safe-text.ts';

/** Characters that a terminal acts on: control characters except line ends, and characters that reverse or hide text. */
export const dangerous = /(?!\n)[\p{Cc}\p{Cf}\u2028\u2029]/u;

/** Maximum time per input in ms; processor time, because the machine may be busy. */
const longestMs = 2_000;
/** Maximum length of a message in characters. */
const longestMessage = 6_000;

/** Runs a target on an input; returns what went wrong, or `undefined`. */
export async function judge(run: () => unknown): Promise<string | undefined> {
  const started = performance.now();
  const before = process.cpuUsage();
  const fault = await faultOf(run);
  const { user, system } = process.cpuUsage(before);
  const took = Math.min(performance.now() - started, (user + system) / 1000);
  if (fault !== undefined) return fault;
  return took > longestMs ? `it took ${Math.round(took)} ms` : undefined;
}

async function faultOf(run: () => unknown): Promise<string | undefined> {
  try {
    await run();
    return undefined;
  } catch (error) {
    if (!(error instanceof PortplanError)) {
      return error instanceof Error ? (error.stack ?? error.message) : `it threw ${String(error)}`;
    }
    const { message, hint = '' } = error;
    if (message.length + hint.length > longestMessage)
      return `a message of ${message.length + hint.length} characters`;
    return dangerous.test(safeLines(message + hint)) ? `unsafe message: ${message}` : undefined;
  }
}
