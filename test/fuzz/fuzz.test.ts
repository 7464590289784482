import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { type Arbitrary, asyncProperty, check, oneof } from 'fast-check';
import { keptInputs, writeDown } from './corpus.ts';
import { hostTargets } from './host-targets.ts';
import { judge } from './judge.ts';
import { mutatedBytes, mutatedJson } from './mutate.ts';
import { programTargets } from './program-targets.ts';
import type { Target } from './target.ts';
import { textTargets } from './text-targets.ts';

/** Set these to test more inputs, or to repeat the same ones. */
const rounds = Number(process.env.PORTPLAN_TEST_FUZZ ?? 150);
const seed = Number(process.env.PORTPLAN_TEST_SEED ?? 1);

const folder = mkdtempSync(join(tmpdir(), 'portplan-fuzz-'));
const program = await programTargets(folder);
const started = process.cwd();

afterAll(async () => {
  process.chdir(started);
  await program[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

const targets = [...textTargets, ...hostTargets, ...program.targets];

test.each(targets.map((target) => [target.name, target] as const))(
  '%s accepts or rejects every input without a crash',
  async (name, target) => {
    const kept = keptInputs(name);
    for (const { name: file, bytes } of kept)
      expect([file, await judgeInput(target, bytes)]).toEqual([file, undefined]);

    const runs = Math.max(1, Math.round(rounds * (target.share ?? 1)));
    const begun = Date.now();
    let runsDone = 0;
    const outcome = await check(
      asyncProperty(
        inputsOf(
          target,
          kept.map(({ bytes }) => bytes),
        ),
        async (input) => {
          runsDone += 1;
          const fault = await judgeInput(target, input);
          if (fault !== undefined) throw new Error(fault);
        },
      ),
      { numRuns: runs, seed, endOnFailure: process.env.PORTPLAN_TEST_SHRINK === '0' },
    );
    const seconds = (Date.now() - begun) / 1000;
    if (rounds > 1000) process.stderr.write(`${name}: ${runsDone} runs, ${seconds} s\n`);
    if (!outcome.failed) return;
    const input = outcome.counterexample?.[0] ?? Buffer.alloc(0);
    await judgeInput(target, input);
    throw new Error(
      `${name}, seed ${seed}: ${outcome.errorInstance}\ninput: ${JSON.stringify(input.toString()).slice(0, 2000)}\nkeep it: cp ${writeDown(name, input)} fixtures/fuzz/${name}/`,
    );
  },
  60_000 + rounds * 100,
);

function inputsOf({ seeds, words, tree }: Target, kept: readonly Buffer[]): Arbitrary<Buffer> {
  const bytes = mutatedBytes([...seeds, ...kept], words);
  if (tree !== true) return bytes;
  return oneof(
    { weight: 3, arbitrary: mutatedJson(seeds, words) },
    { weight: 1, arbitrary: bytes },
  );
}

function judgeInput(target: Target, input: Buffer): Promise<string | undefined> {
  writeDown(target.name, input);
  return judge(() => target.run(input));
}
