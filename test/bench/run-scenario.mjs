/** One scenario, in the network namespace that this process was started in: `NAME SIZE ROUNDS`; JSON on stdout. */
import { measureInTurn } from './measure.mjs';
import { scenariosFor } from './scenarios.mjs';
import { surroundings } from './surroundings.mjs';

const [name, size, rounds] = process.argv.slice(2);
const around = await surroundings();
const scenario = scenariosFor(around).find((candidate) => candidate.name === name);
const load = await scenario.load(Number(size));
try {
  const variants = scenario.variants(load);
  const times = await measureInTurn(variants, Number(rounds), around.env);
  process.stdout.write(JSON.stringify(times));
} finally {
  await load.dispose();
}
