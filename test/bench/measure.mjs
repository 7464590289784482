import { spawn } from 'node:child_process';

/**
 * Runs commands alternately, A B C A B C …, so that other load on the machine affects all of them alike. Returns the wall
 * times (ms) of all rounds for each. An unexpected exit code fails the measurement.
 */
export async function measureInTurn(variants, rounds, env) {
  const times = new Map(variants.map(({ name }) => [name, []]));
  // Warm-up runs fill the caches and do not count.
  for (const variant of variants)
    for (let time = 0; time < (variant.warmUps ?? 1); time += 1) await measure(variant, env);
  for (let round = 0; round < rounds; round += 1)
    for (const variant of variants) times.get(variant.name).push(await measure(variant, env));
  return Object.fromEntries(times);
}

/** Returns the wall time of one run in ms. */
async function measure({ command, codes = [0] }, env) {
  const start = process.hrtime.bigint();
  const { code, errors } = await run(command, env);
  const milliseconds = Number(process.hrtime.bigint() - start) / 1e6;
  if (!codes.includes(code)) throw new Error(`${command.join(' ')} ended with ${code}: ${errors}`);
  return milliseconds;
}

function run([file, ...args], env) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { env, stdio: ['ignore', 'pipe', 'pipe'], timeout: 300_000 });
    let errors = '';
    child.stdout.resume();
    child.stderr.on('data', (chunk) => {
      errors = (errors + chunk).slice(-500);
    });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, errors }));
  });
}

/** Returns the median of the ratios of all rounds, with their quartiles. */
export function ratioOf(times, of, to) {
  return summaryOf(times[of].map((time, round) => time / times[to][round]));
}

/** Returns the median and the quartiles. */
export function summaryOf(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
  return { median: at(0.5), low: at(0.25), high: at(0.75) };
}
