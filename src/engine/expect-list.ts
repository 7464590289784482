import { PortplanError } from '../errors.ts';

/** An answer that must be a list: what makes no sense is not "there are none". @throws PortplanError `engine-failed` */
export function expectList<T>(answer: readonly T[] | undefined, what: string): readonly T[] {
  if (Array.isArray(answer)) return answer;
  throw new PortplanError('engine-failed', `what the engine gave is no list of its ${what}`, {
    hint: 'is it really a Docker or Podman engine?',
  });
}
