import { type Location, PortplanError } from '../errors.ts';
import { createRedactor, type Redactor } from './variables/redact.ts';

/**
 * What a compose project gives reason to say, though it can be read.
 * - `compose-refuses`: Compose itself would not load it, for a reason that has nothing to do with ports.
 * - `several-files`: more than one default file lies there, and the first one was taken.
 * - `unset-variable`: a variable without default is not set; Compose takes the empty text.
 * - `version-difference`: Compose 2.40 reads this otherwise than Compose 5.
 * - `base-60`: an unquoted `A:B` that YAML 1.1 readers (docker-compose 1, podman-compose) take for one number.
 * - `remote-resource`: something that Compose would fetch was not read, so that its ports are not known.
 * - `not-startable`: the engine would refuse a port of a service that no active profile enables.
 */
export type ComposeWarningCode =
  | 'compose-refuses'
  | 'several-files'
  | 'unset-variable'
  | 'version-difference'
  | 'base-60'
  | 'remote-resource'
  | 'not-startable';

export interface ComposeWarning {
  readonly code: ComposeWarningCode;
  readonly message: string;
  readonly location?: Location | undefined;
}

/** Collects what is to be said about a project while it is loaded. */
export interface Warnings {
  readonly list: readonly ComposeWarning[];
  /** What messages do not tell. */
  readonly redactor: Redactor;
  /** Whether what Compose refuses is an error. */
  readonly strict: boolean;
  warn(code: ComposeWarningCode, message: string, location?: Location): void;
  /**
   * Tells that Compose would not load the project.
   * @throws PortplanError `invalid-input` with the reason, when strict.
   */
  reject(reason: string, message: string, location?: Location): void;
}

/** An empty collection. The same warning at the same place is kept once. */
export function collectWarnings({ strict }: { readonly strict: boolean }): Warnings {
  const list: ComposeWarning[] = [];
  const seen = new Set<string>();
  const filled = createRedactor();
  const warn: Warnings['warn'] = (code, text, location) => {
    const message = filled.redact(text);
    const key = `${code} ${location?.file}:${location?.line}:${location?.column} ${message}`;
    if (seen.has(key)) return;
    seen.add(key);
    list.push({ code, message, location });
  };
  const reject: Warnings['reject'] = (reason, message, location) => {
    if (!strict) return warn('compose-refuses', message, location);
    throw new PortplanError('invalid-input', message, {
      reason,
      hint: 'Compose does not load this project; leave --strict away to look at its ports alone',
      location,
    });
  };
  return { list, redactor: filled, strict, warn, reject };
}
