import { fstatSync, writeSync } from 'node:fs';
import { systemCodeOf } from '../errors.ts';
import { exitCode } from './exit-code.ts';
import type { Io, NodeOutput, OutputStream } from './io.ts';

/** Returns an `Io` backed by `process`. A failed write is reported once and sets exit code 2. */
export function standardIo(from: NodeJS.Process): Io {
  let isReported = false;
  const onError = (name: string) => (error: Error) => {
    // `portplan ps | head -1`: the reader closed the pipe, which is no error.
    if (systemCodeOf(error) === 'EPIPE' || isReported) return;
    isReported = true;
    from.exitCode = exitCode.usage;
    if (name === 'stdout') stderr.write(`portplan: cannot write the output: ${error.message}\n`);
  };
  const stderr = standardOutput(2, () => from.stderr, onError('stderr'));
  return {
    get stdin() {
      return from.stdin;
    },
    stdout: standardOutput(1, () => from.stdout, onError('stdout')),
    stderr,
    env: from.env,
    on: (signal, listener) => from.on(signal, listener),
    off: (signal, listener) => from.off(signal, listener),
  };
}

/**
 * Returns an output that writes to a pipe or a file directly: creating Node's stream takes 3.5 ms, 5 % of a start
 * (docs/decisions/0011). A terminal, Windows and a full pipe use the stream.
 */
function standardOutput(
  descriptor: number,
  open: () => NodeOutput,
  onError: (error: Error) => void,
): OutputStream {
  let opened: NodeOutput | undefined;
  const asNodeStream = () => {
    opened ??= open().on('error', onError);
    return opened;
  };
  const isPlain = process.platform !== 'win32' && !isCharacterDevice(descriptor);
  return {
    get isTTY() {
      return isPlain ? false : asNodeStream().isTTY;
    },
    get columns() {
      return isPlain ? undefined : asNodeStream().columns;
    },
    write(text) {
      const isDirect = isPlain && opened === undefined;
      const rest = isDirect ? writeNow(descriptor, text, onError) : text;
      if (rest.length > 0) asNodeStream().write(rest);
    },
    asNodeStream,
  };
}

function isCharacterDevice(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isCharacterDevice();
  } catch {
    return true;
  }
}

/** Writes what the pipe or file accepts now; returns the remaining bytes. */
function writeNow(descriptor: number, text: string, onError: (error: Error) => void): Uint8Array {
  let rest: Uint8Array = Buffer.from(text);
  try {
    while (rest.length > 0) rest = rest.subarray(writeSync(descriptor, rest));
  } catch (error) {
    if (systemCodeOf(error) === 'EAGAIN') return rest;
    onError(error instanceof Error ? error : new Error(String(error)));
    return new Uint8Array();
  }
  return rest;
}
