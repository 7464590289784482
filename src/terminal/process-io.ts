import { fstatSync, writeSync } from 'node:fs';
import { systemCodeOf } from '../errors.ts';
import { exitCode } from './exit-code.ts';
import type { Io, NodeOutput, OutputStream } from './io.ts';

/** The parts of the process itself. What cannot be written is told once, and ends with the exit code 2. */
export function standardIo(from: NodeJS.Process): Io {
  let isTold = false;
  const onError = (name: string) => (error: Error) => {
    // `portplan ps | head -1`: who reads has read enough.
    if (systemCodeOf(error) === 'EPIPE' || isTold) return;
    isTold = true;
    from.exitCode = exitCode.usage;
    if (name === 'stdout')
      stderr.write(`portplan: the output cannot be written: ${error.message}\n`);
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
 * Text for a pipe or a file goes to the system at once: loading a stream of Node takes 5 ms, as long as reading a compose
 * file. A terminal, Windows, and a pipe that is full get the stream.
 */
function standardOutput(
  descriptor: number,
  open: () => NodeOutput,
  onError: (error: Error) => void,
): OutputStream {
  let opened: NodeOutput | undefined;
  const toNode = () => {
    opened ??= open().on('error', onError);
    return opened;
  };
  const isPlain = process.platform !== 'win32' && !isCharacterDevice(descriptor);
  return {
    get isTTY() {
      return isPlain ? false : toNode().isTTY;
    },
    get columns() {
      return isPlain ? undefined : toNode().columns;
    },
    write(text) {
      const isDirect = isPlain && opened === undefined;
      const rest = isDirect ? writeNow(descriptor, text, onError) : text;
      if (rest.length > 0) toNode().write(rest);
    },
    toNode,
  };
}

function isCharacterDevice(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isCharacterDevice();
  } catch {
    return true;
  }
}

/** What is left for later because the system takes no more now. */
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
