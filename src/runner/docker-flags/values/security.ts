import { PortplanError } from '../../../errors.ts';
import type { HostConfig } from '../create-body.ts';
import { invalidFlag } from '../flag-error.ts';
import type { FlagValues } from '../flag-values.ts';
import { type RunEnvironment, readFlagFile } from '../run-environment.ts';

type SecurityOptions = Pick<HostConfig, 'SecurityOpt' | 'MaskedPaths' | 'ReadonlyPaths'>;

/**
 * Parses `--security-opt`. Replaces the path of a seccomp profile by its JSON. The client itself handles
 * `systempaths=unconfined` (docker/cli: opts.go, parseSecurityOpts and parseSystemPaths).
 * @throws PortplanError `invalid-usage`, or `invalid-input` for the profile
 */
export async function readSecurityOptions(
  flags: FlagValues,
  environment: RunEnvironment,
): Promise<SecurityOptions> {
  const requested = flags.list('security-opt');
  if (requested.length === 0) return {};
  const engineOptions = requested.filter((option) => option !== 'systempaths=unconfined');
  const unconfined =
    engineOptions.length < requested.length ? { MaskedPaths: [], ReadonlyPaths: [] } : {};
  const options = await Promise.all(engineOptions.map((option) => readOption(option, environment)));
  return { SecurityOpt: options, ...unconfined };
}

const builtInProfiles = ['unconfined', 'builtin'];

async function readOption(option: string, environment: RunEnvironment): Promise<string> {
  if (option === 'no-new-privileges') return option;
  const [, key, value] = /^([^=:]+)[=:](.+)$/s.exec(option) ?? [];
  if (key === undefined || value === undefined) {
    throw invalidFlag(
      'security-opt',
      option,
      'not an option',
      'expected KEY=VALUE or no-new-privileges',
    );
  }
  if (key !== 'seccomp' || builtInProfiles.includes(value)) return option;
  return `seccomp=${compactJson(value, await readFlagFile('security-opt', value, environment))}`;
}

function compactJson(file: string, text: string): string {
  try {
    return JSON.stringify(JSON.parse(text));
  } catch (cause) {
    throw new PortplanError(
      'invalid-input',
      `--security-opt: the seccomp profile ${file} is not valid JSON`,
      {
        cause,
      },
    );
  }
}
