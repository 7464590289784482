import type { IncomingHttpHeaders } from 'node:http';

/** Query parameters by name, not yet encoded. */
export type Query = Readonly<Record<string, string>>;

/** A successful response to a GET. */
export interface EngineResponse {
  readonly headers: IncomingHttpHeaders;
  /** The parsed body; `undefined` for `/_ping`, whose body is `OK`. */
  readonly json: unknown;
}
