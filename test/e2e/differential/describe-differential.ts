import { expect, test } from '@jest/globals';
import type { EngineName } from '../../rig/engine-set.ts';
import { describeEngines } from '../../rig/engines.ts';
import { runRounds } from './rounds.ts';

/** Set these to test more states, or to repeat one. */
const seed = Number(process.env.PORTPLAN_TEST_SEED ?? 1);
const rounds = Number(process.env.PORTPLAN_TEST_ROUNDS ?? 150);

const mostPossible = 0.05;
/** Minimum share of each outcome; random states give at least a third of each. */
const fewestOfAKind = 0.2;
const msPerRound = 2500;

/**
 * The differential test of one engine: on random states of a host, random publishes start exactly when `portplan check`
 * says so. One file per engine, so that they can run in parallel.
 */
export function describeDifferential(name: EngineName): void {
  describeEngines('what check says and start does', [name], (engine) => {
    test(
      `agree in ${rounds} rounds from seed ${seed}`,
      async () => {
        const started = Date.now();
        const tally = await runRounds(engine, { seed, rounds });
        const { clear, conflict, possible, disagreements } = tally;
        const seconds = Math.round((Date.now() - started) / 1000);
        process.stderr.write(
          `${name}: ${clear} clear, ${conflict} conflict, ${possible} possible, ${disagreements.length} disagreements; seed ${seed}, ${seconds} s\n`,
        );

        expect(disagreements.join('\n\n')).toBe('');
        expect(possible).toBeLessThanOrEqual(rounds * mostPossible);
        expect(Math.min(clear, conflict)).toBeGreaterThanOrEqual(
          Math.floor(rounds * fewestOfAKind),
        );
      },
      rounds * msPerRound + 60_000,
    );
  });
}
