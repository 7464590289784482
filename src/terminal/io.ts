import type { Readable, Writable } from 'node:stream';

/** A stream of the terminal, or of whatever stands in for it, as Node has it. */
export interface NodeOutput extends Writable {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
}

/** Where text goes: stdout or stderr. */
export interface OutputStream {
  readonly isTTY?: boolean | undefined;
  /** The width of the terminal. */
  readonly columns?: number | undefined;
  write(text: string): unknown;
  /** For what more than text goes to: a container's output, a question. */
  toNode(): NodeOutput;
}

export interface InputStream extends Readable {
  readonly isTTY?: boolean | undefined;
  setRawMode?(mode: boolean): unknown;
}

/** The parts of `process` that a command may touch. */
export interface Io {
  readonly stdin: InputStream;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  on(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): unknown;
  off(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): unknown;
}
