import { createServer, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemCodeOf } from '../../errors.ts';

/**
 * An abstract Unix socket, which the kernel keeps per network namespace, as it keeps ports: portplan processes of all
 * users who could disturb each other's probes share it, and the kernel releases it when its process exits.
 */
const lockName = '\0portplan-probe';
/** How long this process waits for other probes in all; ms. A process that never releases the lock costs no more. */
const maxWaitMs = 10_000;
const pauseMs = { min: 2, max: 20 } as const;

let waitedMs = 0;
let running: Promise<unknown> = Promise.resolve();

/**
 * Does work that binds ports, or checks whether a listener stays, while no other portplan process does: two probes of one
 * free port would each take the other one for its holder. Linux only; elsewhere, and after 10 s of waiting, the work is
 * done without the lock.
 */
export async function withProbeLock<T>(
  work: () => Promise<T>,
  platform: NodeJS.Platform = process.platform,
): Promise<T> {
  if (platform !== 'linux') return await work();
  const turn = running.then(() => lockedWork(work));
  running = turn.catch(() => {});
  return await turn;
}

async function lockedWork<T>(work: () => Promise<T>): Promise<T> {
  const lock = await acquire();
  try {
    return await work();
  } finally {
    lock?.close();
  }
}

async function acquire(): Promise<Server | undefined> {
  while (true) {
    const lock = await tryAcquire();
    if (typeof lock !== 'string') return lock;
    if (lock !== 'EADDRINUSE' || waitedMs >= maxWaitMs) return undefined;
    const start = performance.now();
    await sleep(pauseMs.min + Math.random() * (pauseMs.max - pauseMs.min));
    waitedMs += performance.now() - start;
  }
}

/** Returns the held lock, or the code of the error. */
function tryAcquire(): Promise<Server | string> {
  return new Promise((resolve) => {
    const server = createServer((connection) => connection.destroy());
    server.once('error', (error) => resolve(systemCodeOf(error) ?? 'UNKNOWN'));
    server.listen({ path: lockName, exclusive: true }, () => resolve(server));
  });
}
