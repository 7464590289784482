import { once } from 'node:events';
import { killGroup } from './run.ts';

const timeoutMs = 60_000;

/** Stops the engines that this run started. */
export default async function teardown(): Promise<void> {
  const guard = globalThis.engineGuard;
  if (guard === undefined || guard.exitCode !== null) return;
  guard.stdin?.end();
  guard.ref();
  try {
    await once(guard, 'exit', { signal: AbortSignal.timeout(timeoutMs) });
  } catch {
    killGroup(guard);
    process.stderr.write(`The test engines did not stop within ${timeoutMs} ms.\n`);
  }
}
