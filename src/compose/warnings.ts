import { type Location, PortplanError } from '../errors.ts';
import { createRedactor, type Redactor } from './variables/redact.ts';

/**
 * Codes of warnings about a project that portplan can load.
 * - `compose-refuses`: Compose does not load the project, for a reason that does not affect ports.
 * - `several-files`: the folder has several default files; the first one is used.
 * - `unset-variable`: a variable without a default is not set; Compose uses empty text.
 * - `version-difference`: Compose 2.40 and Compose 5 read this differently.
 * - `base-60`: an unquoted `A:B` that YAML 1.1 readers (docker-compose 1, podman-compose) parse as one number.
 * - `remote-resource`: a remote file was not fetched, so its ports are unknown.
 * - `not-startable`: the engine rejects a port of a service that no active profile enables.
 */
export type ComposeWarningCode =
  | 'compose-refuses'
  | 'several-files'
  | 'unset-variable'
  | 'version-difference'
  | 'base-60'
  | 'remote-resource'
  | 'not-startable';

/** A warning about a project, with the location that it refers to. */
export interface ComposeWarning {
  readonly code: ComposeWarningCode;
  readonly message: string;
  readonly location?: Location | undefined;
}

/** Collects warnings while a project is loaded. */
export interface Warnings {
  readonly list: readonly ComposeWarning[];
  /** Removes the values of variables from messages. */
  readonly redactor: Redactor;
  /** Whether everything that Compose rejects is an error. */
  readonly strict: boolean;
  warn(code: ComposeWarningCode, message: string, location?: Location): void;
  /**
   * Warns that Compose does not load the project.
   * @throws PortplanError `invalid-input` with the reason, if `strict` is set.
   */
  reject(reason: string, message: string, location?: Location): void;
}

/** Returns an empty collector. It keeps identical warnings at one location once. */
export function collectWarnings({ strict }: { readonly strict: boolean }): Warnings {
  const list: ComposeWarning[] = [];
  const seen = new Set<string>();
  const redactor = createRedactor();
  const warn: Warnings['warn'] = (code, text, location) => {
    const message = redactor.redact(text);
    const key = `${code} ${location?.file}:${location?.line}:${location?.column} ${message}`;
    if (seen.has(key)) return;
    seen.add(key);
    list.push({ code, message, location });
  };
  const reject: Warnings['reject'] = (reason, message, location) => {
    if (!strict) return warn('compose-refuses', message, location);
    throw new PortplanError('invalid-input', message, {
      reason,
      hint: 'Compose does not load this project; run without --strict to check only its ports',
      location,
    });
  };
  return { list, redactor, strict, warn, reject };
}
