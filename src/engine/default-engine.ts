import { defaultUnixSocket } from './connect/address.ts';
import type { Engine } from './open-engine.ts';

/** Whether docker's own programs find this engine by themselves: by their variables, or where they look anyway. */
export function isEngineDefault(
  { address }: Pick<Engine, 'address'>,
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  if (env.DOCKER_HOST || env.DOCKER_CONTEXT) return true;
  // A context's certificates cannot be told by a variable, and only a context has any.
  return address.scheme !== 'unix' || address.path === defaultUnixSocket;
}
