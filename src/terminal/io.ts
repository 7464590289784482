import type { Readable, Writable } from 'node:stream';

/** An output stream of Node: a terminal, a pipe or a file. */
export interface NodeOutput extends Writable {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
}

/** Stdout or stderr. */
export interface OutputStream {
  readonly isTTY?: boolean | undefined;
  /** Width of the terminal in columns. */
  readonly columns?: number | undefined;
  write(text: string): unknown;
  /** Returns Node's stream, for the output of a container or a prompt. */
  asNodeStream(): NodeOutput;
}

export interface InputStream extends Readable {
  readonly isTTY?: boolean | undefined;
  setRawMode?(mode: boolean): unknown;
}

/** The parts of `process` that a command may use. */
export interface Io {
  readonly stdin: InputStream;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  on(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): unknown;
  off(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): unknown;
}
