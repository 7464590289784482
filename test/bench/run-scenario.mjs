/** Runs one scenario in the network namespace of this process: `NAME SIZE ROUNDS`. Prints JSON. */

import { benchEnvironment } from './environment.mjs';
import { measureInTurn } from './measure.mjs';
import { scenariosFor } from './scenarios.mjs';

const [name, size, rounds] = process.argv.slice(2);
const around = await benchEnvironment();
const scenario = scenariosFor(around).find((candidate) => candidate.name === name);
const load = await scenario.load(Number(size));
try {
  const variants = scenario.variants(load);
  const times = await measureInTurn(variants, Number(rounds), around.env);
  process.stdout.write(JSON.stringify(times));
} finally {
  await load.dispose();
}
