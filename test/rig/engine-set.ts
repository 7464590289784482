import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The engines of test/engines/engines.sh. */
export const engineNames = ['moby-28', 'moby-20', 'podman'] as const;
export type EngineName = (typeof engineNames)[number];

/** Why engines cannot be used here, by name. */
export type Unusable = Readonly<Partial<Record<EngineName, string>>>;

export const engineScript = fileURLToPath(new URL('../engines/engines.sh', import.meta.url));

/** Where `engines.sh install` puts its downloads. */
export const stateFolder = process.env.ENGINES_STATE ?? '/var/lib/portplan-engines';

/** The docker command line of the engines comes first. */
export const toolPath = [
  join(stateFolder, 'root-new/usr/bin'),
  '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
].join(':');

const variable = 'PORTPLAN_TEST_UNUSABLE';

/**
 * Which engines cannot be used, and why: those that PORTPLAN_TEST_ENGINES (`none`, or names with commas) leaves out,
 * and those that `engines.sh check` rejects.
 */
export function findUnusable(env: NodeJS.ProcessEnv = process.env): Unusable {
  const known = env[variable];
  return known === undefined ? checkEngines(env) : (JSON.parse(known) as Unusable);
}

/** Checks once, for all test files of a run. */
export function rememberUnusable(): Unusable {
  const unusable = checkEngines(process.env);
  process.env[variable] = JSON.stringify(unusable);
  return unusable;
}

function checkEngines(env: NodeJS.ProcessEnv): Unusable {
  const wanted = env.PORTPLAN_TEST_ENGINES;
  const left = (name: EngineName): boolean =>
    wanted === undefined || wanted.split(',').includes(name);
  const reasons = engineNames.some(left) ? readCheck() : {};
  return Object.fromEntries(
    engineNames.flatMap((name) => {
      const reason = left(name) ? reasons[name] : `PORTPLAN_TEST_ENGINES is '${wanted}'`;
      return reason === undefined ? [] : [[name, reason]];
    }),
  );
}

function readCheck(): Unusable {
  if (process.platform !== 'linux') {
    return Object.fromEntries(engineNames.map((name) => [name, 'it needs Linux']));
  }
  const { stdout } = spawnSync('bash', [engineScript, 'check'], {
    encoding: 'utf8',
    timeout: 20_000,
  });
  return Object.fromEntries(
    engineNames.flatMap((name) => {
      const line = stdout.split('\n').find((text) => text.startsWith(`${name} `));
      const verdict = line?.slice(name.length + 1) ?? 'engines.sh check failed';
      return verdict === 'ok' ? [] : [[name, verdict]];
    }),
  );
}
