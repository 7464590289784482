import { PortplanError } from '../../../errors.ts';
import type { HostConfig } from '../create-body.ts';
import { invalidFlag } from '../flag-error.ts';
import type { FlagValues } from '../flag-values.ts';
import { type RunEnvironment, readFlagFile } from '../run-environment.ts';

type SecurityOptions = Pick<HostConfig, 'SecurityOpt' | 'MaskedPaths' | 'ReadonlyPaths'>;

/**
 * Reads `--security-opt`. A seccomp profile is a file here and its JSON in the request; `systempaths=unconfined` is
 * for the client alone (docker/cli: opts.go, parseSecurityOpts and parseSystemPaths).
 * @throws PortplanError `invalid-usage`, or `invalid-input` for the profile.
 */
export async function readSecurityOptions(
  flags: FlagValues,
  from: RunEnvironment,
): Promise<SecurityOptions> {
  const given = flags.list('security-opt');
  if (given.length === 0) return {};
  const kept = given.filter((option) => option !== 'systempaths=unconfined');
  const unconfined = kept.length < given.length ? { MaskedPaths: [], ReadonlyPaths: [] } : {};
  const options = await Promise.all(kept.map((option) => readOption(option, from)));
  return { SecurityOpt: options, ...unconfined };
}

const builtInProfiles = ['unconfined', 'builtin'];

async function readOption(option: string, from: RunEnvironment): Promise<string> {
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
  return `seccomp=${compactJson(value, await readFlagFile('security-opt', value, from))}`;
}

function compactJson(file: string, text: string): string {
  try {
    return JSON.stringify(JSON.parse(text));
  } catch (cause) {
    throw new PortplanError(
      'invalid-input',
      `--security-opt: the seccomp profile ${file} is not JSON`,
      {
        cause,
      },
    );
  }
}
