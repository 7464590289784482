import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { engineNames, engineScript, rememberUnusable, stateFolder } from './engine-set.ts';

declare global {
  /** Stops the engines of this run when its stdin closes, even if jest was killed. */
  var engineGuard: ChildProcess | undefined;
}

/**
 * Gives this run its own set of engines, which start with the first test that needs them.
 * With PORTPLAN_TEST_KEEP=1 it is the set of `engines.sh up`, and stays.
 */
export default function setup(): void {
  const unusable = rememberUnusable();
  for (const reason of new Set(Object.values(unusable))) {
    const names = engineNames.filter((name) => unusable[name] === reason);
    process.stderr.write(`Tests with ${names.join(', ')} are left out: ${reason}\n`);
  }
  const allUnusable = engineNames.every((name) => name in unusable);
  if (allUnusable || process.env.PORTPLAN_TEST_KEEP === '1') return;

  process.env.ENGINES_RUN ??= join(stateFolder, 'runs', `${process.pid}-${Date.now()}`);
  const guard = spawn('bash', [engineScript, 'guard'], {
    detached: true,
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  guard.unref();
  globalThis.engineGuard = guard;
}
